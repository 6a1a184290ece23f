import NIOCore
import NIOEmbedded
import NIOSSL
import Platform
import Synchronization
import Testing

@testable import EdgeNode

/// Each opening handshake that comes to nothing is counted once, by why.
@Suite(.timeLimit(.minutes(5))) struct CountedHandshakeTests {
    private static let request = "GET /ws HTTP/1.1\r\nHost: x\r\n\(GatewayClient.upgrade)\r\n"

    private let fixture = EdgeFixture(maximumClients: 2)

    private var counted: [HandshakeRefusal: Int] { fixture.counters[0].refusals.values.filter { $0.value > 0 } }

    @Test(arguments: ["", "GET /ws HTTP/1.1\r\nHost"])
    func whoAsksForNothingInTimeIsCounted(said: String) async throws {
        let client = try await GatewayClient(fixture)
        if !said.isEmpty { #expect(try await client.send(said) == "") }
        await fixture.loops[0].advanceTime(by: .seconds(10))
        #expect(!client.channel.isActive && counted == [.timeout: 1])
    }

    /// Probes keep their connections, and load balancers look whether the port is open.
    @Test func whoWantsNoWebSocketIsNot() async throws {
        let probe = try await GatewayClient(fixture)
        #expect(try await probe.get("/ready").hasPrefix("HTTP/1.1 200"))
        await fixture.loops[0].advanceTime(by: .seconds(10))
        #expect(!probe.channel.isActive)
        try await GatewayClient(fixture).channel.close()
        #expect(counted == [:])
    }

    @Test func whoIsJudgedTooLateOrLeavesMeanwhileIsCounted() async throws {
        let doorkeeper = Doorkeeper()
        let patient = try await GatewayClient(fixture, admission: doorkeeper)
        #expect(try await patient.send(Self.request) == "")
        await fixture.loops[0].advanceTime(by: .seconds(10))
        #expect(String(buffer: try await patient.received()).hasPrefix("HTTP/1.1 503 "))
        #expect(!patient.channel.isActive && counted == [.timeout: 1])
        let hasty = try await GatewayClient(fixture, admission: doorkeeper)
        #expect(try await hasty.send(Self.request) == "")
        try await hasty.channel.close()
        #expect(counted == [.timeout: 1, .abandoned: 1])
        #expect(fixture.node.clients.get() == 0)
    }

    /// Whose socket takes the answer 101 only when something has happened.
    @Test(arguments: [HandshakeRefusal.late, .draining])
    func whoIsNotTakenBehindItsAnswerIsCounted(reason: HandshakeRefusal) async throws {
        let client = try await GatewayClient(fixture)
        let socket = HeldSocket()
        try await fixture.loops[0].executeInContext { [channel = client.channel] in
            try channel.pipeline.syncOperations.addHandler(socket, position: .first)
        }
        #expect(try await client.send(Self.request) == "")
        if reason == .late {
            await fixture.loops[0].advanceTime(by: .seconds(2))
        } else {
            fixture.node.isDraining.store(true, ordering: .relaxed)
        }
        socket.isHeld.store(false, ordering: .relaxed)
        try await fixture.loops[0].executeInContext { [channel = client.channel] in channel.pipeline.flush() }
        await fixture.loops[0].run()
        #expect(counted == [reason: 1])
        #expect(!client.channel.isActive && fixture.node.clients.get() == 0)
    }

    @Test func whoseAnswerFindsNobodyIsCounted() async throws {
        let client = try await GatewayClient(fixture)
        try await fixture.loops[0].executeInContext { [channel = client.channel] in
            try channel.pipeline.syncOperations.addHandler(DeadSocket(), position: .first)
        }
        #expect(try await client.send(Self.request) == "")
        #expect(counted == [.abandoned: 1])
        #expect(!client.channel.isActive && fixture.node.clients.get() == 0)
    }

    @Test func whoTakesItsAnswerInTimeIsNot() async throws {
        let client = try await GatewayClient(fixture)
        #expect(try await client.send(Self.request).hasPrefix("HTTP/1.1 101 "))
        try await client.channel.close()
        #expect(counted == [:])
    }

    @Test(
        arguments: [
            (.handshakeFailed(.sslError([])), 1), (.handshakeFailed(.unknownError([])), 1),
            // One that left in the middle, and what befalls a connection later.
            (.handshakeFailed(.sslError([.eofDuringHandshake])), 0), (.uncleanShutdown, 0),
        ] as [(NIOSSLError, Int)]
    )
    func aFailedHandshakeOfTLSIsCounted(error: NIOSSLError, count: Int) throws {
        var failures = 0
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(TLSFailureHandler { failures += 1 })
        channel.pipeline.fireErrorCaught(error)
        #expect(failures == count)
        #expect(throws: NIOSSLError.self, "others hear of it too") { try channel.throwIfErrorCaught() }
    }

    @Test func whenTLSHasLetBytesThroughNobodyListensForItsFailure() throws {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(TLSFailureHandler {})
        try channel.writeInbound(ByteBuffer(string: "GET"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(string: "GET"))
        #expect(throws: ChannelPipelineError.notFound) {
            try channel.pipeline.syncOperations.handler(type: TLSFailureHandler.self)
        }
    }

    /// `/stats` and `/metrics` have a line for each reason, also where it is 0.
    @Test func bothPagesTellEachReason() async throws {
        fixture.counters[0].refusals.add(.abandoned)
        let stats = try await GatewayClient(fixture).get("/stats")
        let report = EdgeReport(
            shards: fixture.counters,
            mailboxes: fixture.mailboxes,
            hub: fixture.hub,
            health: fixture.health
        )
        let metrics = MetricsPrinter.print(report.counted(), as: .text)
        for reason in HandshakeRefusal.allCases {
            let count = reason == .abandoned ? 1 : 0
            #expect(stats.contains("\"\(reason.rawValue)\":\(count)"))
            #expect(metrics.contains("refusals_total{reason=\"\(reason.rawValue)\"} \(count)\n"))
        }
    }
}

/// A socket that takes nothing for a while.
private final class HeldSocket: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = IOData

    let isHeld = Atomic(true)

    func flush(context: ChannelHandlerContext) {
        if !isHeld.load(ordering: .relaxed) { context.flush() }
    }
}

/// One whose client is gone.
private final class DeadSocket: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = IOData

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.ioOnClosedChannel)
    }
}
