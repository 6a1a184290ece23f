import Logging
import NIOCore
import Platform
import Stores
import Synchronization
import TestSupport
import Testing

@testable import EdgeNode

@Suite("A node heeds a revocation that is signed and new, and reads again what it may have missed")
struct RevocationsTests {
    /// Remembers what it is given; fails as often as it is told.
    private final class Memory: RevocationMemory {
        struct Failure: Error {}

        private let state: Mutex<(revocations: [Revocation], failures: Int, reads: Int)>

        init(_ revocations: [Revocation] = [], failures: Int = 0) {
            state = Mutex((revocations, failures, 0))
        }

        var reads: Int { state.withLock { $0.reads } }

        func remember(_ revocation: Revocation) async throws { state.withLock { $0.revocations.append(revocation) } }

        func remembered(at now: Int64) async throws -> [Revocation] {
            try state.withLock { state in
                state.reads += 1
                guard state.reads > state.failures else { throw Failure() }
                return state.revocations
            }
        }
    }

    private static let now: Int64 = 1_700_000_000_000
    private let signer: ControlSigner
    private let revocation = Revocation(.user("u"), at: now, until: now + 10_000)

    init() throws { signer = try #require(ControlSigner("0123456789abcdef0123456789abcdef")) }

    private func revocations(_ memory: Memory? = nil) -> Revocations {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Revocations(signer: signer, memory: memory, logger: quiet, clock: { Self.now })
    }

    @Test func aSignedOneIsHeededOnce() {
        let revocations = revocations()
        let news = Inbox<Int>()
        revocations.onNews { news.append([1]) }
        let principal = Principal(user: "u")
        #expect(!revocations.refuses(principal))
        let message = signer.sign(revocation.encoded, for: .revocations, at: Self.now)
        for _ in 1...2 { revocations.take(message) }
        #expect(revocations.refuses(principal) && !revocations.refuses(Principal(user: "v")))
        #expect(revocations.heard.get() == 1 && revocations.refused.get() == 1)
        #expect(news.elements.count == 1)
    }

    @Test func whatIsNotSignedForItIsCounted() throws {
        let revocations = revocations()
        let other = try #require(ControlSigner("another key of thirty-two bytes.."))
        let body = revocation.encoded
        let messages = [
            body, other.sign(body, for: .revocations, at: Self.now), signer.sign(body, for: .inbox, at: Self.now),
            signer.sign(body, for: .revocations, at: Self.now - 60_001),
            signer.sign(ByteBuffer(string: #"{"op":"revoke"}"#), for: .revocations, at: Self.now),
        ]
        for message in messages { revocations.take(message) }
        #expect(!revocations.refuses(Principal(user: "u")))
        #expect(revocations.heard.get() == 0 && revocations.refused.get() == messages.count)
    }

    @Test(.timeLimit(.minutes(5)))
    func aFollowerReadsWhatIsRememberedAndHearsWhatComes() async throws {
        let memory = Memory([Revocation(.key("k"), at: Self.now, until: Self.now + 10_000)], failures: 1)
        let revocations = revocations(memory)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let follower = RevocationFollower(revocations, logger: RateLimitedLogger(quiet))
        let broker = InProcessBroker()
        let running = Task { await follower.run(over: broker) }
        while !revocations.refuses(Principal(credential: .key("k"))) { try await Task.sleep(for: .milliseconds(2)) }
        while !revocations.refuses(Principal(user: "u")) {
            let message = signer.sign(revocation.encoded, for: .revocations, at: Self.now)
            try await broker.send(message, on: .revocations)
            try await Task.sleep(for: .milliseconds(2))
        }
        let reads = memory.reads
        try await memory.remember(Revocation(.key("l"), at: Self.now, until: Self.now + 10_000))
        follower.mayHaveMissed(.everything)
        while !revocations.refuses(Principal(credential: .key("l"))) { try await Task.sleep(for: .milliseconds(2)) }
        #expect(memory.reads > reads)
        running.cancel()
        await running.value
    }

    /// Knows everybody, as a cache does.
    private struct Everybody: Authenticator {
        let principal: Principal
        let isKnown: Bool

        func takes(_ credential: Credential) -> Bool { credential == .token("t") }

        func recognise(_ credential: Credential, at now: Int64) -> Result<Principal, AuthenticationFailure>? {
            isKnown ? .success(principal) : nil
        }

        func authenticate(
            _ credential: Credential,
            of origin: CredentialOrigin,
            at now: Int64
        ) async -> Result<Principal, AuthenticationFailure> { .success(principal) }
    }

    @Test(arguments: [true, false])
    func whoIsKnownAlreadyIsRefusedAllTheSame(isKnown: Bool) async throws {
        let revocations = revocations()
        let principal = Principal(user: "u")
        let base = Everybody(principal: principal, isKnown: isKnown)
        let authenticator = UnrevokedAuthenticator(base, revocations: revocations)
        #expect(authenticator.takes(.token("t")) && !authenticator.takes(.apiKey("t")))
        func judgement() async -> Result<Principal, AuthenticationFailure> {
            if let known = authenticator.recognise(.token("t"), at: Self.now) { return known }
            let origin = CredentialOrigin(address: nil, origin: nil, path: "/ws")
            return await authenticator.authenticate(.token("t"), of: origin, at: Self.now)
        }
        guard case .success(let who) = await judgement() else {
            Issue.record("refused before anything was revoked")
            return
        }
        #expect(who === principal)
        revocations.take(signer.sign(revocation.encoded, for: .revocations, at: Self.now))
        guard case .failure(let failure) = await judgement() else {
            Issue.record("let in though it was revoked")
            return
        }
        #expect(failure == .refused(reason: "the credential was revoked"))
    }
}
