import Logging
import Shared
import Testing

@testable import Ingestor

@Suite("The publisher hands on in order: the history first, then the broker", .timeLimit(.minutes(1)))
struct PublisherTests {
    private let stream: StreamName

    init() throws { stream = try StreamName(canonical: "trade.BTCUSDT") }

    private func publisher(_ stores: ScriptedStores) -> Publisher {
        Publisher(history: stores, broker: stores, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func publication(_ sequence: UInt64, _ kind: Publication.Kind = .update) -> Publication {
        Publication(
            stream: stream,
            position: Position(epoch: 1, sequence: sequence),
            kind: kind,
            exchangeTime: 0,
            ingestTime: 0
        )
    }

    /// Publishes the batches, each enqueued before the publisher starts, and then all that is left.
    private func run(_ stores: ScriptedStores, _ batches: [[Publication]]) async -> Publisher {
        let publisher = publisher(stores)
        for batch in batches { publisher.enqueue(batch) }
        publisher.finish()
        await publisher.run()
        return publisher
    }

    @Test func whatWaitsGoesAsOneBatchHistoryFirst() async {
        let stores = ScriptedStores()
        let publisher = await run(stores, [[publication(1), publication(2)], [publication(3)]])
        #expect(stores.calls == [.append([1, 2, 3]), .publish([1, 2, 3])])
        #expect(publisher.dropped == 0)
    }

    @Test func whileItRunsTheOrderOfTheCallsIsKept() async {
        let stores = ScriptedStores()
        let publisher = publisher(stores)
        let running = Task { await publisher.run() }
        for sequence in UInt64(1)...500 {
            publisher.enqueue([publication(sequence)])
            if sequence % 50 == 0 { await Task.yield() }
        }
        publisher.finish()
        await running.value
        var appended: [UInt64] = []
        var published: [UInt64] = []
        for call in stores.calls {
            switch call {
            case .append(let sequences): appended += sequences
            case .publish(let sequences):
                published += sequences
                #expect(published.count == appended.count, "published before it was appended, or not at all")
            }
        }
        #expect(appended == Array(1...500) && published == appended)
    }

    @Test func refusalsAreNotLoggedInTheHistory() async {
        let stores = ScriptedStores()
        _ = await run(stores, [[publication(1), publication(0, .refusal), publication(2, .gap(.upstream))]])
        #expect(stores.calls == [.append([1, 2]), .publish([1, 0, 2])])
    }

    @Test func aFailureIsTriedAgain() async {
        let failure = ScriptedStores.Failure()
        let stores = ScriptedStores(appendFailures: [failure], publishFailures: [failure])
        let publisher = await run(stores, [[publication(1)]])
        #expect(stores.calls == [.append([1]), .append([1]), .publish([1]), .publish([1])])
        #expect(publisher.dropped == 0)
    }

    @Test func afterFourAttemptsTheBatchIsDroppedAndCountedAndTheBrokerNotAsked() async {
        let stores = ScriptedStores(appendFailures: Array(repeating: ScriptedStores.Failure(), count: 9))
        let publisher = await run(stores, [[publication(1), publication(2)]])
        #expect(stores.calls == Array(repeating: .append([1, 2]), count: 4))
        #expect(publisher.dropped == 2)
    }

    @Test func aFencedBatchIsNotTriedAgain() async {
        let stores = ScriptedStores(appendFailures: [HistoryError.fenced(stream, epoch: 1, current: 2)])
        let publisher = await run(stores, [[publication(1)]])
        #expect(stores.calls == [.append([1])])
        #expect(publisher.dropped == 1)
    }

    @Test func aBatchThatDoesNotFitTheQueueIsDroppedWholeAndCounted() async {
        let stores = ScriptedStores()
        let full = Array(repeating: publication(1), count: Publisher.maximumQueued)
        let publisher = await run(stores, [full, [publication(2), publication(3)]])
        #expect(publisher.dropped == 2)
        #expect(stores.calls.count == 2)
        #expect(stores.calls.first == .append(Array(repeating: 1, count: Publisher.maximumQueued)))
    }

    @Test func anEmptyBatchDoesNotEndIt() async {
        let stores = ScriptedStores()
        let publisher = publisher(stores)
        let running = Task { await publisher.run() }
        // Whether the publisher waits already or not, the empty batches must not be taken for the end.
        for _ in 0..<100 {
            await Task.yield()
            publisher.enqueue([])
        }
        publisher.enqueue([publication(1)])
        publisher.finish()
        await running.value
        #expect(stores.calls == [.append([1]), .publish([1])])
    }
}
