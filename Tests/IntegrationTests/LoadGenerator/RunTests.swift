import Core
import EdgeNode
import NIOCore
import NIOPosix
import Stores
import Testing

@testable import LoadGenerator

/// Whole runs, against an edge node in this process.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RunTests {
    @Test("One stream to all: every delivery is counted, none is missing")
    func hot() async throws {
        let report = try await Self.run(.hot) { options in
            (options.clients, options.rate) = (50, 100)
        }
        #expect(report.problems == [])
        #expect((report.connected, report.subscriptions) == (50, 50))
        #expect(report.published == 100)
        #expect((report.expected, report.delivered, report.share) == (5000, 5000, 1))
        #expect((report.gaps, report.toldGaps, report.repeats, report.reorders) == (0, 0, 0, 0))
        #expect(report.latency?.count == 5000)
    }

    @Test("As fast as deliveries keep up, with one publication on its way in each stream")
    func saturation() async throws {
        let report = try await Self.run(.many) { options in
            (options.clients, options.streams, options.subscriptions, options.rate) = (20, 10, 4, 0)
            (options.deliveryClass, options.threads) = (.event, 2)
        }
        #expect(report.problems == [])
        #expect(report.stalls == 0)
        #expect((report.published ?? 0) > 100)
        #expect(report.delivered == report.expected)
    }

    @Test("Streams of changes begin with a state")
    func delta() async throws {
        let report = try await Self.run(.many) { options in
            (options.clients, options.streams, options.subscriptions, options.rate) = (20, 4, 2, 200)
            options.deliveryClass = .delta
        }
        #expect(report.problems == [])
        #expect(report.delivered == report.expected)
    }

    @Test("After all connections are cut, all clients come back and have missed nothing")
    func storm() async throws {
        let report = try await Self.run(.storm) { options in
            (options.clients, options.streams, options.subscriptions, options.rate) = (40, 4, 2, 200)
            options.deliveryClass = .event
        }
        #expect(report.problems == [])
        let storm = try #require(report.storm)
        #expect((storm.reconnected, storm.recovered, storm.notRecovered, storm.live) == (40, 80, 0, 40))
        #expect(storm.secondsToLastLive != nil)
        #expect(report.delivered == report.expected)
    }

    @Test("Clients that come and go miss nothing while they are there")
    func churn() async throws {
        let report = try await Self.run(.churn) { options in
            (options.clients, options.streams, options.subscriptions, options.rate) = (40, 20, 5, 200)
            (options.deliveryClass, options.churnRate) = (.event, 100)
        }
        #expect(report.problems == [])
        // Those of the beginning, and ten at least that came for others: how many in a second is the machine's to say.
        #expect(report.connectionsMade >= 50)
        #expect(report.delivered > 0)
    }

    @Test("Clients that stop reading cost the others nothing, and are counted apart")
    func slow() async throws {
        let report = try await Self.run(.slow) { options in
            (options.clients, options.rate, options.slowShare) = (20, 100, 0.1)
        }
        #expect(report.problems == [])
        #expect(report.slow?.clients == 2)
        // What they had not read they read at the end.
        #expect((report.slow?.latency?.p50 ?? 0) > 100_000)
        #expect((report.expected, report.delivered) == (1800, 1800))
    }

    @Test("Clients that read slowly without a pause stay, and what they read is not old")
    func steady() async throws {
        let report = try await Self.run(.slow) { options in
            (options.clients, options.streams, options.subscriptions, options.rate) = (4, 10, 10, 400)
            (options.slowShare, options.slowKind, options.seconds) = (0.5, .steady, 4)
        }
        #expect(report.problems == [])
        let slow = try #require(report.slow)
        #expect((slow.clients, slow.connected, slow.gaps) == (2, 2, 0))
        // 160,000 bytes a second are written for them.
        #expect(slow.conflated > slow.delivered)
        #expect((slow.latency?.p99 ?? .max) < 2_000_000)
    }

    @Test("Refused subscriptions end the run, with the reason")
    func refused() async throws {
        let failure = await #expect(throws: LoadFailure.self) {
            try await Self.run(.many, maximumSubscriptions: 3) { options in
                (options.clients, options.streams, options.subscriptions) = (5, 10, 5)
            }
        }
        #expect(failure?.description.contains("Max 3 subscriptions allowed") == true)
    }

    @Test("A node that is full is said to be")
    func full() async throws {
        let failure = await #expect(throws: LoadFailure.self) {
            try await Self.run(.hot, maximumClients: 3) { $0.clients = 5 }
        }
        #expect(
            failure?.description.contains("Connection limit reached") == true
                || failure?.description.contains("503") == true
        )
    }

    @Test("A server that is not there is said at once")
    func absent() async throws {
        var options = LoadOptions(.idle)
        options.urls = [try Endpoint("ws://127.0.0.1:1/ws", schemes: ["ws"])]
        options.showsProgress = false
        let test = try LoadTest(options)
        let failure = await #expect(throws: LoadFailure.self) { try await test.run() }
        #expect(failure?.description.hasPrefix("no server at ws://127.0.0.1:1/ws") == true)
    }

    @Test("The floor's messages arrive at the sink, none missing from the first that it counts")
    func floor() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        try await listener.close()
        var options = FloorOptions(port: port)
        // The sink counts from when it is ready, which on a busy machine is a while after it has connected.
        (options.clients, options.rate, options.seconds, options.warmup) = (20, 100, 20, 4)
        let floor = try Floor(options)
        let (listening, isListening) = AsyncStream.makeStream(of: Void.self)
        async let sent = floor.run { isListening.finish() }
        for await _ in listening {}
        var sink = LoadOptions(.sink)
        sink.target = .raw
        sink.urls = [try Endpoint("tcp://127.0.0.1:\(port)", schemes: ["tcp"])]
        (sink.clients, sink.seconds, sink.warmup, sink.showsProgress) = (20, 30, 0, false)
        let read = try await LoadTest(sink).run()
        let floorReport = try await sent
        #expect((floorReport.sent, floorReport.closed) == (40_000, 0))
        #expect(read.problems == [])
        #expect((read.gaps, read.repeats, read.reorders) == (0, 0, 0))
        // Those of the measured time at least: the warm-up is what a busy machine may take until the sink is ready.
        #expect(read.delivered >= 40_000)
        #expect(read.latency != nil)
    }

    @discardableResult
    private static func run(
        _ scenario: Scenario,
        maximumClients: Int = 1000,
        maximumSubscriptions: Int = 100,
        _ change: (inout LoadOptions) -> Void
    ) async throws -> LoadReport {
        try await RunningNode.with {
            $0.maximumClients = maximumClients
            $0.connection.maximumSubscriptions = maximumSubscriptions
        } _: { node in
            var options = LoadOptions(scenario)
            options.urls = [try Endpoint(node.url, schemes: ["ws"])]
            options.source = .broker(try Endpoint("nats://in.process:1", schemes: ["nats"]))
            (options.seconds, options.warmup, options.showsProgress) = (1, 0.2, false)
            change(&options)
            let test = try LoadTest(options)
            let stores = TidegateStores(
                broker: node.broker,
                history: node.history,
                outlet: HistoryThenBroker(history: node.history, broker: node.broker)
            )
            let publisher = Publisher(try await TidegateOutlet(options, test.streams, stores), streams: options.streams)
            return try await test.run(publisher: publisher)
        }
    }
}
