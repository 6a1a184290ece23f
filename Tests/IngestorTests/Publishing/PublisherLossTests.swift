import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Stores
import Synchronization
import Testing

@testable import Ingestor

@Suite("What is dropped is counted and can be told", .timeLimit(.minutes(10)))
struct PublisherLossTests {
    private let a: StreamName
    private let b: StreamName
    private let counters = PublishingCounters()
    private let conflicts = Conflicts()

    private final class Conflicts: Sendable {
        private let log = Mutex<[(stream: StreamName, conflict: StreamConflict)]>([])

        var streams: [StreamName] { log.withLock { $0.map(\.stream) } }
        var conflicts: [StreamConflict] { log.withLock { $0.map(\.conflict) } }

        func add(_ stream: StreamName, _ conflict: StreamConflict) { log.withLock { $0.append((stream, conflict)) } }
    }

    init() throws {
        a = try StreamName(canonical: "trade.A")
        b = try StreamName(canonical: "ticker.B")
    }

    private func publisher(_ outlet: any PublicationOutlet) -> Publisher {
        Publisher(
            outlet: outlet,
            term: ScriptedTerm(epoch: 1),
            counters: counters,
            logger: RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
            onConflict: conflicts.add
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

    /// A running publisher, for the length of `body`.
    private func running(_ publisher: Publisher, _ body: () async -> Void) async {
        let running = Task { await publisher.run() }
        await body()
        publisher.finish()
        #expect(await running.value == .finished)
    }

    private func delivered(_ outlet: ScriptedOutlet, _ count: Int) async {
        while outlet.delivered.count < count { await Task.yield() }
    }

    @Test func aBatchThatDoesNotFitTheQueueIsDroppedWholeAndCounted() async {
        let outlet = ScriptedOutlet()
        let publisher = publisher(outlet)
        publisher.enqueue(Array(repeating: publication(a, 1), count: PublishQueue.bound.count))
        #expect(publisher.queued == PublishQueue.bound.count)
        publisher.enqueue([publication(b, 2), publication(b, 3), publication(a, 0, .refusal)])
        #expect(counters.dropped.get() == 3)
        #expect(counters.droppedAsFull.get() == 3 && counters.droppedAsDeposed.get() == 0)
        #expect(publisher.takeLosses() == nil, "the queue is too full to tell")
        publisher.finish()
        _ = await publisher.run()
        #expect(outlet.delivered.count == PublishQueue.bound.count)
        #expect(publisher.takeLosses()?.streams == [b])
        #expect(publisher.takeLosses() == nil, "each loss is told once")
    }

    @Test func theQueueIsBoundedInBytesToo() {
        let publisher = publisher(ScriptedOutlet())
        let data = ByteBuffer(repeating: 0, count: PublishQueue.bound.bytes / 4)
        for sequence in UInt64(1)...5 { publisher.enqueue([publication(a, sequence, data: data)]) }
        #expect(publisher.queued == 3 && counters.dropped.get() == 2)
        publisher.enqueue([publication(b, 1)])
        #expect(publisher.queued == 4)
    }

    @Test func lossesAreNotToldWhileDeliveriesFail() async {
        let outlet = ScriptedOutlet(failures: Array(repeating: ScriptedOutlet.Failure(), count: 4))
        let publisher = publisher(outlet)
        publisher.queue.drop([publication(b, 1)])
        publisher.enqueue([publication(a, 1)])
        await running(publisher) {
            while outlet.attempts.count < 3 { await Task.yield() }
            #expect(publisher.takeLosses() == nil)
            await delivered(outlet, 1)
        }
        #expect(publisher.takeLosses()?.streams == [b])
    }

    @Test func moreStreamsThanAreRememberedMeanAll() throws {
        var losses = StreamLosses()
        for number in 0..<StreamLosses.maximumStreams { losses.insert(try StreamName(canonical: "ticker.A\(number)")) }
        #expect(losses.streams.count == StreamLosses.maximumStreams && !losses.isEverything)
        losses.insert(b)
        losses.insert(a)
        #expect(losses.isEverything && losses.streams.isEmpty)
    }

    @Test func numbersThatTheHistoryRefusesCostOnlyTheirOwnStream() async {
        let outlet = ScriptedOutlet(failures: [HistoryError.outOfOrder(a, sequence: 1, last: 9)])
        let publisher = publisher(outlet)
        publisher.enqueue([publication(a, 1), publication(b, 1), publication(a, 2), publication(a, 0, .refusal)])
        await running(publisher) {
            await delivered(outlet, 2)
            #expect(outlet.attempts.last == ["ticker.B 1", "trade.A 0"])
            #expect(conflicts.streams == [a] && conflicts.conflicts == [.written(last: 9)])
            #expect(counters.dropped.get() == 2)
            #expect(publisher.takeLosses() == nil, "it can't be told under numbers that are wrong")
            // Numbered before anybody knew.
            publisher.enqueue([publication(a, 3), publication(b, 2)])
            await delivered(outlet, 3)
            #expect(outlet.attempts.last == ["ticker.B 2"] && counters.dropped.get() == 3)
            publisher.unblock(a, after: 12)
            #expect(publisher.takeLosses()?.streams == [a])
            publisher.enqueue([publication(a, 4), publication(a, 13), publication(a, 14)])
            await delivered(outlet, 5)
            publisher.enqueue([publication(a, 15)])
            await delivered(outlet, 6)
        }
        #expect(outlet.delivered.map(\.position.sequence) == [1, 0, 2, 13, 14, 15])
        #expect(counters.dropped.get() == 4 && publisher.queued == 0)
    }

    @Test func aLogThatCannotBeUsedCostsOnlyItsOwnStream() async {
        let outlet = ScriptedOutlet(failures: [HistoryError.unusable([a: "WRONGTYPE"])])
        let publisher = publisher(outlet)
        publisher.enqueue([publication(a, 1), publication(b, 1), publication(a, 2), publication(a, 0, .refusal)])
        await running(publisher) {
            while counters.published.get() < 2 { await Task.yield() }
            #expect(outlet.attempts.count == 1, "the others were delivered with the attempt that failed")
            #expect(publisher.isDelivering && publisher.unusable == [a: "WRONGTYPE"])
            #expect(conflicts.streams == [a] && conflicts.conflicts == [.unusable("WRONGTYPE")])
            publisher.enqueue([publication(a, 3), publication(b, 2)])
            await delivered(outlet, 1)
            #expect(outlet.attempts.last == ["ticker.B 2"] && counters.dropped.get() == 3)
            #expect(publisher.takeLosses() == nil)
            publisher.unblock(a, after: 3)
            #expect(publisher.takeLosses()?.streams == [a])
            publisher.enqueue([publication(a, 4)])
            await delivered(outlet, 2)
            #expect(publisher.unusable.isEmpty)
        }
    }

    @Test func severalStreamsOfABatchMayBeRefusedOneAfterTheOther() async {
        let outlet = ScriptedOutlet(failures: [
            HistoryError.outOfOrder(a, sequence: 1, last: 9), HistoryError.outOfOrder(b, sequence: 1, last: 9),
        ])
        let publisher = publisher(outlet)
        publisher.enqueue([publication(a, 1), publication(b, 1)])
        publisher.finish()
        #expect(await publisher.run() == .finished)
        #expect(conflicts.streams == [a, b] && outlet.attempts.count == 2 && counters.dropped.get() == 2)
        #expect(publisher.isDelivering, "the stores answered")
    }

    @Test func aRefusalThatNamesAStreamOutsideTheBatchIsAFailureLikeAnyOther() async {
        let outlet = ScriptedOutlet(failures: [HistoryError.outOfOrder(b, sequence: 1, last: 9)])
        let publisher = publisher(outlet)
        publisher.enqueue([publication(a, 1)])
        publisher.finish()
        #expect(await publisher.run() == .finished)
        #expect(outlet.attempts.count == 2 && counters.retries.get() == 1 && counters.dropped.get() == 0)
    }
}
