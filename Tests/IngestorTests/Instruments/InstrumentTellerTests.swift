import BybitSimulator
import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Synchronization
import Testing

@testable import Ingestor
@testable import Stores

@Suite("The leader asks the exchange for its instruments, and tells the nodes", .timeLimit(.minutes(5)))
struct InstrumentTellerTests {
    /// Hears lists as a node does.
    private final class Node: BrokerReceiver {
        private let state = Mutex((assembly: InstrumentAssembly(), lists: [InstrumentList](), epochs: [UInt64]()))

        var lists: [InstrumentList] { state.withLock { $0.lists } }
        /// Of the last part of each list.
        var epochs: [UInt64] { state.withLock { $0.epochs } }

        func receive(_ batch: [Publication]) {}

        func receive(_ message: ByteBuffer, on channel: ControlChannel) {
            guard channel == .instruments, let part = try? InstrumentMessage(message) else { return }
            state.withLock { state in
                guard let list = state.assembly.take(part) else { return }
                state.lists.append(list)
                state.epochs.append(part.epoch)
            }
        }

        func mayHaveMissed(_ loss: BrokerLoss) {}
    }

    @Test func contractsBeforeTheirLaunchCountAndClosedOnesDoNot() async throws {
        try await IngestorFixture.run(market: { $0.symbols = 3 }) { fixture in
            #expect(await fixture.simulator.inject(.list(ListedInstrument(symbol: "NEWUSDT", status: .preLaunch))))
            #expect(await fixture.simulator.inject(.list(ListedInstrument(symbol: "ETHUSDT", status: .closed))))
            let node = Node()
            let subscriber = fixture.broker.attach(node)
            try await subscriber.listen(on: .instruments)
            _ = fixture.leadership.grant(epoch: 5)
            try await eventually { node.lists.first?.symbols == ["BTCUSDT", "SOLUSDT", "NEWUSDT"] }
            await subscriber.close()
        }
    }

    @Test func theListIsToldAndItsChecksumStandsInHeartbeats() async throws {
        try await IngestorFixture.run(market: { $0.symbols = 1500 }) { fixture in
            let node = Node()
            let subscriber = fixture.broker.attach(node)
            try await subscriber.listen(on: .instruments)
            _ = fixture.leadership.grant(epoch: 5)
            try await eventually { !node.lists.isEmpty }
            let list = try #require(node.lists.first)
            #expect(list.symbols == Set(InstrumentCatalogue(count: 1500).instruments.map(\.symbol)))
            try await eventually { fixture.ear.heartbeats.last?.instruments == list.checksum }

            // It has missed the list, and asks for it.
            try await fixture.broker.send(InstrumentWant.list.encoded(), on: .instrumentsWanted)
            try await eventually { node.lists.count == 2 }
            #expect(node.lists[1] == list)
            await subscriber.close()
        }
    }

    // MARK: With an exchange in the test's hands

    /// Counts what it is asked.
    private final class Source: InstrumentSource {
        struct Refusal: InstrumentFailure {
            var retryAfter: Duration? { nil }
            var quiet: Duration? { .seconds(30) }
        }

        struct State {
            var questions = 0
            var list: InstrumentList?
        }

        let state = Mutex(State())

        init(_ list: InstrumentList?) { state.withLock { $0.list = list } }

        var questions: Int { state.withLock { $0.questions } }

        func instruments() async throws -> InstrumentList {
            let list = state.withLock { state in
                state.questions += 1
                return state.list
            }
            guard let list else { throw Refusal() }
            return list
        }
    }

    private final class Time: Sendable {
        private let instant = Mutex(NIODeadline.uptimeNanoseconds(1_000_000_000_000))
        var now: NIODeadline { instant.withLock { $0 } }
        func pass(_ time: TimeAmount) { instant.withLock { $0 = $0 + time } }
    }

    private static let list = InstrumentList(["BTCUSDT"])

    private let broker = InProcessBroker()
    private let node = Node()
    private let time = Time()

    private func teller(_ source: Source) -> InstrumentTeller {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let time = time
        return InstrumentTeller(source: source, broker: broker, wire: .one, logger: RateLimitedLogger(quiet)) {
            time.now
        }
    }

    /// One term.
    private func lead(_ teller: InstrumentTeller, epoch: UInt64, _ body: () async throws -> Void) async throws {
        let term = Task { await teller.run(epoch: epoch) }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        term.cancel()
        await term.value
        try result.get()
    }

    @Test func withinTenSecondsOfAQuestionTheListThereIsIsTheAnswer() async throws {
        let source = Source(Self.list)
        try await broker.attach(node).listen(on: .instruments)
        try await lead(teller(source), epoch: 1) {
            try await eventually { node.lists.count == 1 }
            time.pass(.milliseconds(9_999))
            // Again and again: the teller may not listen yet.
            try await eventually {
                try await broker.send(InstrumentWant.fresh.encoded(), on: .instrumentsWanted)
                return node.lists.count > 1
            }
            #expect(source.questions == 1)
            time.pass(.milliseconds(1))
            try await broker.send(InstrumentWant.fresh.encoded(), on: .instrumentsWanted)
            try await eventually { source.questions == 2 }
        }
    }

    @Test func anExchangeThatWasAskedTooOftenIsNotAskedWhateverNodesWant() async throws {
        let source = Source(nil)
        try await lead(teller(source), epoch: 1) {
            try await eventually { source.questions == 1 }
            // The failure is noted behind the question: the wants come again and again.
            time.pass(.seconds(29))
            for _ in 0..<50 {
                try await broker.send(InstrumentWant.fresh.encoded(), on: .instrumentsWanted)
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(source.questions == 1)
            source.state.withLock { $0.list = Self.list }
            try await broker.attach(node).listen(on: .instruments)
            try await eventually {
                time.pass(.seconds(1))
                return node.lists.first == Self.list
            }
        }
    }

    @Test func whatAnEarlierTermHasHeardIsNotTold() async throws {
        let source = Source(Self.list)
        let teller = teller(source)
        try await broker.attach(node).listen(on: .instruments)
        try await lead(teller, epoch: 3) {
            try await eventually { teller.checksum == Self.list?.checksum }
        }
        #expect(teller.checksum == nil)
        #expect(node.epochs == [3])
        source.state.withLock { $0.list = nil }
        try await lead(teller, epoch: 4) {
            try await eventually { source.questions == 2 }
            try await broker.send(InstrumentWant.list.encoded(), on: .instrumentsWanted)
            source.state.withLock { $0.list = InstrumentList(["ETHUSDT"]) }
            try await eventually {
                time.pass(.minutes(1))
                return node.lists.count > 1
            }
            #expect(node.lists[1] == InstrumentList(["ETHUSDT"]))
            #expect(node.epochs[1] == 4)
        }
    }
}
