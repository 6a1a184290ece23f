import Foundation
import Logging
import NIOCore
import NIOEmbedded
import Platform
import TestSupport
import Testing

@testable import EdgeNode

@Suite("Lines of the log about a client's connection say which it is, in the same words from first to last")
struct ConnectionLogTests {
    /// Those that came out of a log of JSON.
    private struct Lines: LogSink {
        struct Line: Decodable {
            let message: String
            let node: String?
            let connection: Int?
        }

        private let inbox = Inbox<[UInt8]>()

        func emit(_ line: [UInt8]) { inbox.append([line]) }

        var decoded: [Line] {
            get throws { try inbox.elements.map { try JSONDecoder().decode(Line.self, from: Data($0)) } }
        }
    }

    @Test func linesOfJSONHaveTheNodeAndTheConnection() async throws {
        let lines = Lines()
        let logger = Logger(label: "edge-node") { label in
            LoggingBootstrap.handler(label: label, level: .debug, json: true, node: "edge-7", sink: lines)
        }
        let fixture = EdgeFixture(logger: logger)
        let authenticator = TestAuthenticator(["ann": Principal(user: "ann-a")])
        for token in ["hunter2", "ann"] {
            let client = try await GatewayClient(fixture, admission: authenticator.reauthentication(mode: .required))
            _ = try await client.get("/ws", GatewayClient.upgrade + "Authorization: Bearer \(token)\r\n")
            // Who was refused is closed by the node.
            try? await client.channel.close()
        }
        let decoded = try lines.decoded
        #expect(decoded.map(\.message) == ["refused a client", "let in a client", "a client has left"])
        #expect(decoded.map(\.connection) == [1, 2, 2])
        #expect(decoded.allSatisfy { $0.node == "edge-7" })
    }

    @Test(arguments: [
        (WebSocketClientFrame.close(1000, "bye"), "closed_by=client code=1000"),
        ([0x81, 0x00], "closed_by=node code=1002"),
    ])
    func theLastOneSaysHowItEnded(bytes: [UInt8], words: String) async throws {
        let log = CollectedLog(.debug)
        let fixture = EdgeFixture(log: log)
        let client = try await fixture.client(as: Principal(user: "ann"))
        try await client.send(bytes: bytes)
        #expect(log.lines == ["debug a client has left \(words) connection=1 user=ann"])
    }

    @Test func whoIsClosedUnreadForItsPROXYHeader() async throws {
        let log = CollectedLog()
        let pipeline = Self.pipeline(log, speaksProxyProtocol: true)
        _ = try await Self.connect(to: EdgeFixture(), pipeline)
        let words = "warning closed a connection: PROXY_PROTOCOL is on"
        #expect(log.lines == ["\(words) address=192.0.2.7 connection=1 reason=it is not in TRUSTED_PROXIES"])
    }

    @Test func whoIsClosedUnreadForALimitOfItsAddress() async throws {
        let log = CollectedLog()
        let pipeline = Self.pipeline(log, AddressLimits.Bounds(connections: 1))
        let fixture = EdgeFixture()
        var connections: [NIOAsyncTestingChannel] = []
        while log.lines.isEmpty, connections.count < 100 {
            connections.append(try await Self.connect(to: fixture, pipeline))
        }
        let words = "info closed a connection: its address is beyond a limit address=192.0.2.7"
        #expect(log.lines == ["\(words) connection=\(connections.count) limit=MAX_CONNECTIONS_PER_ADDRESS"])
    }

    private static func pipeline(
        _ log: CollectedLog,
        _ bounds: AddressLimits.Bounds = AddressLimits.Bounds(),
        speaksProxyProtocol: Bool = false
    ) -> ClientPipeline {
        ClientPipeline(
            proxies: TrustedProxies(),
            speaksProxyProtocol: speaksProxyProtocol,
            certificate: nil,
            limits: AddressLimits(bounds),
            paths: WebSocketPaths(dialects: .tidegate, echo: nil),
            admission: OpenAdmission(),
            router: HTTPRouter([]),
            logger: RateLimitedLogger(log.logger)
        )
    }

    /// A connection from one address, whatever becomes of it.
    private static func connect(
        to fixture: EdgeFixture,
        _ pipeline: ClientPipeline
    ) async throws -> NIOAsyncTestingChannel {
        let channel = NIOAsyncTestingChannel(loop: fixture.loops[0])
        channel.remoteAddress = try SocketAddress(ipAddress: "192.0.2.7", port: 1)
        try await fixture.loops[0].executeInContext { [port = fixture.ports[0]] in
            do { try pipeline.open(channel, on: port.shard.value) } catch is ClientPipeline.TurnedAway {}
        }
        return channel
    }
}
