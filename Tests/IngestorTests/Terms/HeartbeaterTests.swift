import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization
import Testing

@testable import Ingestor

@Suite("A heartbeat is sent only while what is published arrives", .timeLimit(.minutes(10)))
struct HeartbeaterTests {
    private let term = ScriptedTerm(epoch: 7)
    private let quiet = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    private func publisher(_ outlet: ScriptedOutlet) -> Publisher {
        Publisher(outlet: outlet, term: term, counters: PublishingCounters(), logger: quiet, onConflict: { _, _ in })
    }

    /// A heartbeater that beats every millisecond, for the length of `body`.
    private func beating(_ broker: any Broker, _ publisher: Publisher, _ body: () async throws -> Void) async throws {
        var status = UpstreamStatus()
        status.subscribedCount = 3
        let heartbeater = Heartbeater(
            broker: broker,
            term: term,
            publisher: publisher,
            upstream: { [status] in status },
            logger: quiet,
            interval: .milliseconds(1)
        )
        let running = Task { await heartbeater.run() }
        try await body()
        running.cancel()
        await running.value
    }

    private func ear(_ broker: any Broker) async throws -> Ear {
        let ear = Ear()
        try await broker.attach(ear).listen(on: .heartbeat)
        return ear
    }

    @Test func itTellsTheTermAndTheUpstreamAtOnceAndAgain() async throws {
        let broker = InProcessBroker()
        let ear = try await ear(broker)
        let before = WallClock.milliseconds()
        try await beating(broker, publisher(ScriptedOutlet())) {
            try await eventually { ear.heartbeats.count >= 3 }
        }
        let heartbeat = try #require(ear.heartbeats.first)
        #expect(heartbeat.epoch == 7 && heartbeat.upstream.subscribedCount == 3)
        #expect((before...WallClock.milliseconds()).contains(heartbeat.sentAt))
    }

    @Test func aTermThatIsNotHeldIsSilent() async throws {
        let broker = InProcessBroker()
        let ear = try await ear(broker)
        try await beating(broker, publisher(ScriptedOutlet())) {
            try await eventually { !ear.heartbeats.isEmpty }
            term.expire()
            // One may just be on its way.
            try await Task.sleep(for: .milliseconds(20))
            let count = ear.heartbeats.count
            try await Task.sleep(for: .milliseconds(50))
            #expect(ear.heartbeats.count == count)
        }
    }

    @Test func whileDeliveriesFailItIsSilentAndThenSpeaksAgain() async throws {
        let broker = InProcessBroker()
        let ear = try await ear(broker)
        let outlet = ScriptedOutlet(failures: Array(repeating: ScriptedOutlet.Failure(), count: 4))
        let publisher = publisher(outlet)
        let stream = try StreamName(canonical: "trade.A")
        let position = Position(epoch: 7, sequence: 1)
        publisher.enqueue([
            Publication(stream: stream, position: position, kind: .update, exchangeTime: 0, ingestTime: 0)
        ])
        let running = Task { await publisher.run() }
        try await eventually { outlet.attempts.count >= 2 }
        try await beating(broker, publisher) {
            try await eventually { outlet.attempts.count == 4 }
            #expect(ear.heartbeats.isEmpty)
            try await eventually { !ear.heartbeats.isEmpty }
            #expect(outlet.delivered.count == 1)
        }
        publisher.finish()
        _ = await running.value
    }

    @Test func oneThatCanNotBeSentIsFollowedByTheNext() async throws {
        let stores = ScriptedStores(sendFailures: 5)
        try await beating(stores, publisher(ScriptedOutlet())) {
            try await eventually { stores.sent.count >= 2 }
        }
        #expect(stores.attemptsToSend >= 7)
    }
}
