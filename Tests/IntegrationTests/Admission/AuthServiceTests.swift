import Logging
import NIOCore
import NIOPosix
import Platform
import TestSupport
import Testing

@testable import EdgeNode

/// A node whose clients a service vouches for, over real sockets.
@Suite("An auth service lets clients in, and nobody while it is out of order", .timeLimit(.minutes(5)))
struct AuthServiceTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    @Test func aThousandHandshakesWithOneCredentialAreOneQuestion() async throws {
        try await AuthServer.with(.text(200, #"{"user":"u"}"#)) { server in
            try await node(of: server) { node in
                let outcomes = try await Self.handshakes(1000, at: node, token: "the one")
                #expect(outcomes == [101: 1000])
                #expect(node.clients == 1000)
                #expect(
                    server.questions == [
                        #"POST /check?for=tidegate {"kind":"token","credential":"the one","address":"127.0.0.1","path":"/ws"}"#
                    ]
                )
            }
        }
    }

    /// The status of the handshake, by what the service does; where it is the service's fault it is 503 with Retry-After.
    @Test(
        arguments: [
            (AuthServer.Answer.text(200, #"{"user":"u"}"#), 101), (.text(401, #"{"reason":"closed"}"#), 401),
            (.text(403, ""), 401), (.text(500, ""), 503), (.text(200, "never"), 503), (.text(429, ""), 503),
            (.stall, 503), (.hangUp, 503),
        ] as [(AuthServer.Answer, UInt)]
    )
    func whatItDoesDecides(answer: AuthServer.Answer, status: UInt) async throws {
        try await AuthServer.with(answer) { server in
            // Only who never answers is given up; a machine that is busy with something else makes others late.
            let timeout: TimeAmount = isSilent(answer) ? .milliseconds(300) : .seconds(60)
            try await node(of: server, timeout: timeout) { node in
                let outcomes = try await Self.handshakes(3, at: node, token: "t")
                #expect(outcomes == [status: 3])
                // An answer is kept, a refusal for a moment; where there is none, whoever comes later asks again.
                #expect(status == 101 ? server.questions.count == 1 : (1...3).contains(server.questions.count))
            }
        }
    }

    @Test func whenItDiesThoseThatItKnowsComeInAndOthersAreToldToComeAgain() async throws {
        try await AuthServer.with(.text(200, #"{"user":"u"}"#)) { server in
            try await node(of: server) { node in
                let before = try await Self.handshakes(1, at: node, token: "known")
                await server.die()
                let known = try await Self.handshakes(10, at: node, token: "known")
                let other = try await Self.handshakes(10, at: node, token: "other")
                #expect(before == [101: 1] && known == [101: 10] && other == [503: 10])
            }
        }
    }

    /// One over TLS must show a certificate of an authority that is trusted: otherwise nobody is judged by it.
    @Test(arguments: [AuthoritiesFile.ofTheServer, .ofAnother, .unset])
    func overTLSItMustBeTrusted(authorities: AuthoritiesFile) async throws {
        let (own, other) = (try TestCertificateFiles(), try TestCertificateFiles())
        defer { for files in [own, other] { files.remove() } }
        try await AuthServer.with(.text(200, #"{"user":"u"}"#), tls: own.serverContext()) { server in
            var settings = try ResolvedSettings.defaults(for: .edgeNode)
                .replacing(Settings.AuthService.url, with: "https://localhost:\(server.port)/check")
                .replacing(Settings.AuthService.timeout, with: .seconds(60))
            switch authorities {
            case .ofTheServer:
                settings = try settings.replacing(Settings.AuthService.authoritiesFile, with: own.certificate)
            case .ofAnother:
                settings = try settings.replacing(Settings.AuthService.authoritiesFile, with: other.certificate)
            case .unset: break
            }
            let log = CollectedLog()
            let service = try #require(
                try ServiceAuthenticator.make(settings, group: Self.group, logger: log.logger)
            )
            let outcome = await service.authenticate(
                .token("t"),
                of: CredentialOrigin(address: nil, origin: nil, path: "/ws"),
                at: WallClock.milliseconds()
            )
            if authorities == .ofTheServer {
                #expect(try outcome.get().user == "u" && server.questions.count == 1)
            } else {
                #expect(outcome == .failure(.unavailable(retryAfter: 1)) && server.questions.isEmpty)
                #expect(await log.line("the auth service can't be asked").contains("CERTIFICATE_VERIFY_FAILED"))
            }
        }
    }

    enum AuthoritiesFile {
        case ofTheServer
        case ofAnother
        case unset
    }

    private func isSilent(_ answer: AuthServer.Answer) -> Bool { if case .stall = answer { true } else { false } }

    private func node(
        of server: AuthServer,
        timeout: TimeAmount = .seconds(60),
        _ body: (RunningNode) async throws -> Void
    ) async throws {
        let address = try HTTPAddress(server.url)
        let client = HTTPGet(group: Self.group, timeout: timeout)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = ServiceAuthenticator(cacheTime: .seconds(60), logger: quiet) { question in
            try await client.ask(address.host, address.target, posting: question)
        }
        let admission = CredentialAdmission(
            mode: .required,
            authenticators: [service],
            counters: AdmissionCounters()
        )
        try await RunningNode.with {
            $0.maximumClients = 2000
            $0.connection.handshakeTimeout = .seconds(120)
            $0.admission = admission
        } _: { node in
            try await body(node)
        }
    }

    /// All at once; how many ended with which status.
    private static func handshakes(_ count: Int, at node: RunningNode, token: String) async throws -> [UInt: Int] {
        let url = try WebSocketURL(node.url)
        let client = WebSocketClient(group: group, connectTimeout: .seconds(60))
        return await withTaskGroup(of: UInt.self) { tasks in
            for _ in 0..<count {
                tasks.addTask {
                    do throws(WebSocketClientError) {
                        _ = try await client.connect(to: url, headers: [("Authorization", "Bearer \(token)")]) { _ in
                            Silence()
                        }
                        return 101
                    } catch {
                        guard case .refused(_, let status, _, let wait) = error else { return 0 }
                        return status == 503 && (wait ?? .zero) < .seconds(1) ? 0 : status
                    }
                }
            }
            return await tasks.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    private final class Silence: WebSocketClientDelegate {
        func opened(_ connection: WebSocketConnection) {}
        func received(_ message: ByteBuffer) {}
        func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {}
        func readCompleted() {}
        func closed(reason: String) {}
    }
}
