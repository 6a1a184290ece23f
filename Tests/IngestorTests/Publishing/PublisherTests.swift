import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Stores
import Synchronization
import Testing

@testable import Ingestor

@Suite("The publisher delivers in order, and what fails stays at the head", .timeLimit(.minutes(10)))
struct PublisherTests {
    private let a: StreamName
    private let b: StreamName
    private let counters = PublishingCounters()
    private let term = ScriptedTerm(epoch: 1)

    init() throws {
        a = try StreamName(canonical: "trade.A")
        b = try StreamName(canonical: "trade.B")
    }

    private func publisher(
        _ outlet: any PublicationOutlet,
        onConflict: @escaping @Sendable (StreamName, StreamConflict) -> Void = { _, _ in }
    ) -> Publisher {
        Publisher(
            outlet: outlet,
            term: term,
            counters: counters,
            logger: RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            onConflict: onConflict
        )
    }

    private func publication(
        _ stream: StreamName,
        _ sequence: UInt64,
        _ kind: Publication.Kind = .update,
        data: ByteBuffer = ByteBuffer()
    ) -> Publication {
        let position = Position(epoch: 1, sequence: sequence)
        return Publication(stream: stream, position: position, kind: kind, exchangeTime: 0, ingestTime: 0, data: data)
    }

    /// Enqueues the batches before the publisher starts, and lets it deliver all that is left.
    private func run(_ publisher: Publisher, _ batches: [Publication]...) async -> Publisher.End {
        for batch in batches { publisher.enqueue(batch) }
        publisher.finish()
        return await publisher.run()
    }

    @Test func whatWaitsGoesAsOneBatchHistoryFirst() async {
        let stores = ScriptedStores()
        let publisher = publisher(HistoryThenBroker(history: stores, broker: stores))
        let end = await run(publisher, [publication(a, 1), publication(a, 2)], [publication(a, 3)])
        #expect(end == .finished)
        #expect(stores.calls == [.append([1, 2, 3]), .publish([1, 2, 3])])
        #expect(counters.published.get() == 3 && counters.dropped.get() == 0 && publisher.queued == 0)
    }

    @Test func refusalsAreNotLoggedInTheHistory() async {
        let stores = ScriptedStores()
        let publisher = publisher(HistoryThenBroker(history: stores, broker: stores))
        _ = await run(publisher, [publication(a, 1), publication(a, 0, .refusal), publication(a, 2, .gap(.upstream))])
        #expect(stores.calls == [.append([1, 2]), .publish([1, 0, 2])])
    }

    @Test func whileItRunsTheOrderOfTheCallsIsKept() async {
        let outlet = ScriptedOutlet()
        let publisher = publisher(outlet)
        let running = Task { await publisher.run() }
        for sequence in UInt64(1)...500 {
            publisher.enqueue([publication(a, sequence)])
            // An empty batch must not be taken for the end, whether the publisher waits already or not.
            publisher.enqueue([])
            if sequence % 50 == 0 { await Task.yield() }
        }
        publisher.finish()
        #expect(await running.value == .finished)
        #expect(outlet.delivered.map(\.position.sequence) == Array(1...500))
    }

    @Test func aBatchThatFailsIsTriedAgainBeforeAllThatCameAfterIt() async {
        let outlet = ScriptedOutlet(failures: Array(repeating: ScriptedOutlet.Failure(), count: 4))
        let publisher = publisher(outlet)
        let running = Task { await publisher.run() }
        publisher.enqueue([publication(a, 1)])
        while outlet.attempts.isEmpty { await Task.yield() }
        publisher.enqueue([publication(a, 2), publication(b, 1)])
        publisher.finish()
        #expect(await running.value == .finished)
        #expect(outlet.attempts == Array(repeating: ["trade.A 1"], count: 5) + [["trade.A 2", "trade.B 1"]])
        #expect(counters.retries.get() == 4 && counters.dropped.get() == 0)
        #expect(publisher.failure == nil, "the outlet has answered")
    }

    @Test func aLongQueueGoesInBoundedSteps() async {
        let outlet = ScriptedOutlet()
        let count = UInt64(2 * Publisher.maximumBatch + 7)
        let end = await run(publisher(outlet), (1...count).map { publication(a, $0) })
        #expect(end == .finished)
        #expect(outlet.attempts.map(\.count) == [Publisher.maximumBatch, Publisher.maximumBatch, 7])
        #expect(outlet.delivered.map(\.position.sequence) == Array(1...count))
    }

    @Test func aTermThatIsNotHeldDeliversNothing() async {
        let outlet = ScriptedOutlet()
        term.expire()
        let publisher = publisher(outlet)
        publisher.enqueue([publication(a, 1), publication(a, 2)])
        #expect(await publisher.run() == .termLost)
        #expect(outlet.attempts.isEmpty)
        #expect(counters.dropped.get() == 2 && publisher.queued == 0)
        publisher.enqueue([publication(a, 3)])
        #expect(counters.dropped.get() == 3)
    }

    @Test func aTermThatIsLostBetweenTwoStepsDeliversNoMore() async {
        let outlet = ScriptedOutlet { [term] _ in term.expire() }
        let publications = (1...UInt64(Publisher.maximumBatch + 5)).map { publication(a, $0) }
        #expect(await run(publisher(outlet), publications) == .termLost)
        #expect(outlet.attempts.count == 1)
        #expect(counters.published.get() == Publisher.maximumBatch && counters.dropped.get() == 5)
    }

    @Test func aTermThatIsLostAfterAFailureIsNotRetried() async {
        let outlet = ScriptedOutlet(failures: [ScriptedOutlet.Failure()]) { [term] _ in term.expire() }
        #expect(await run(publisher(outlet), [publication(a, 1)]) == .termLost)
        #expect(outlet.attempts.count == 1 && outlet.delivered.isEmpty)
    }

    @Test func aFencedTermIsOverAndNothingMoreIsDelivered() async {
        let error = HistoryError.fenced(a, epoch: 1, current: 2)
        let outlet = ScriptedOutlet(failures: [error])
        let publications = (1...UInt64(Publisher.maximumBatch + 5)).map { publication(a, $0) }
        #expect(await run(publisher(outlet), publications) == .fenced("\(error)"))
        #expect(outlet.attempts.count == 1)
        #expect(counters.dropped.get() == publications.count)
        #expect(counters.droppedAsDeposed.get() == publications.count && counters.droppedAsFull.get() == 0)
    }

    @Test func aCancelledPublisherStopsAtOnceAndCountsWhatIsLeft() async {
        let outlet = ScriptedOutlet(failures: Array(repeating: ScriptedOutlet.Failure(), count: 1000))
        let publisher = publisher(outlet)
        publisher.enqueue([publication(a, 1)])
        let running = Task { await publisher.run() }
        while outlet.attempts.count < 4 { await Task.yield() }
        #expect(publisher.failure == "\(ScriptedOutlet.Failure())", "the pages say what it fails of")
        publisher.enqueue([publication(a, 2), publication(a, 3)])
        running.cancel()
        #expect(await running.value == .cancelled)
        #expect(counters.dropped.get() == 3 && publisher.queued == 0)
    }

    @Test func itDeliversNoLongerFromTheFirstFailureToTheNextSuccess() async {
        let failures = Array(repeating: ScriptedOutlet.Failure(), count: 3)
        let seen = Mutex<[String]>([])
        let holder = Mutex<Publisher?>(nil)
        let outlet = ScriptedOutlet(failures: failures) { _ in
            guard let publisher = holder.withLock({ $0 }) else { return }
            seen.withLock { $0.append("\(publisher.breaker) \(publisher.isDelivering)") }
        }
        let publisher = publisher(outlet)
        holder.withLock { $0 = publisher }
        #expect(publisher.isDelivering)
        _ = await run(publisher, [publication(a, 1)])
        #expect(seen.withLock { $0 } == ["closed true", "closed false", "closed false", "half-open false"])
        #expect(publisher.isDelivering && publisher.breaker == "closed")
        holder.withLock { $0 = nil }
    }
}
