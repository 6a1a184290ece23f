import EdgeNode
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Shared
import Synchronization
import Testing

/// Thousands come and go at once, over real sockets.
@Suite struct StormTests {
    private static let clients = 2000
    private static let subscriptions = 20
    /// Without what is tested here, a turn of the loop in which all of them come or go lasts for seconds.
    private static let longestPause = Duration.milliseconds(400)
    private static let patience = Duration.seconds(60)

    @Test func whoListensHardlyWaitsWhileThousandsComeCrashAndAreToldToGo() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let others = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        // Whoever measures must not wait behind the crowd.
        let ears = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let logger = CollectedLog().logger
        let broker = InProcessBroker()
        let history = InProcessHistory()
        var configuration = EdgeNode.Configuration()
        configuration.host = "127.0.0.1"
        configuration.port = 0
        configuration.shutdownTimeout = .seconds(30)
        let node = EdgeNode(
            configuration: configuration,
            broker: broker,
            history: history,
            demand: BrokerDemandBoard(broker: broker, logger: logger),
            group: group,
            logger: logger
        )
        try await node.start()
        let port = try #require(node.port)
        let service = ServiceGroup(services: [node], logger: logger)
        async let running: Void = service.run()
        let publishing = Task { try await Self.publish(to: broker, history) }
        let streams = (0..<Self.subscriptions).map { "ticker:QUIET\($0)USDT" }

        let first = try await listen(port, on: ears)
        let crowd = StormCrowd(on: others)
        try await crowd.connect(Self.clients, port: port, streams: streams)
        try await until("all have joined") { crowd.joined.load(ordering: .relaxed) == Self.clients }
        let storm = first.look()
        #expect(storm < Self.longestPause, "while they came")

        try await crowd.crash()
        try await until("all have left") {
            node.clients == 1
        }
        let crash = first.look()
        #expect(crash < Self.longestPause, "while they went")

        let second = StormCrowd(on: others)
        try await second.connect(Self.clients, port: port, streams: streams)
        try await until("all have joined again") { second.joined.load(ordering: .relaxed) == Self.clients }
        // The last to come is the last to be told.
        let last = try await listen(port, on: ears)
        await service.triggerGracefulShutdown()
        try await running
        let drain = last.look()
        #expect(second.dismissed.load(ordering: .relaxed) == Self.clients)
        #expect(first.isToldToGo && last.isToldToGo)
        #expect(drain < Self.longestPause, "while the others were told to go")
        print("the longest pauses: storm \(storm), crash \(crash), drain \(drain)")

        publishing.cancel()
        try await group.shutdownGracefully()
        try await others.shutdownGracefully()
        try await ears.shutdownGracefully()
    }

    /// A publication every 2 ms, or as often as the machine allows.
    private static func publish(to broker: InProcessBroker, _ history: InProcessHistory) async throws {
        let stream = try StreamName(.ticker, symbol: "BTCUSDT")
        var sequence: UInt64 = 0
        while !Task.isCancelled {
            sequence += 1
            let publication = Publication(
                stream: stream,
                position: Position(epoch: 1, sequence: sequence),
                kind: sequence == 1 ? .snapshot : .update,
                exchangeTime: WallClock.milliseconds(),
                ingestTime: 0,
                data: ByteBuffer(string: #"{"price":"1.5"}"#)
            )
            try await history.append([publication])
            try await broker.publish([publication])
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func listen(_ port: Int, on group: any EventLoopGroup) async throws -> PauseMeter {
        let meter = PauseMeter(following: "ticker:BTCUSDT")
        _ = try await WebSocketClient(group: group)
            .connect(to: WebSocketURL("ws://127.0.0.1:\(port)/ws")) { _ in meter }
        try await until("the stream has begun") { meter.count > 10 }
        _ = meter.look()
        return meter
    }

    private func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "not within \(Self.patience): \(what)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
