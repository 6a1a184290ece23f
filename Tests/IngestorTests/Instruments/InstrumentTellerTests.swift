import BybitSimulator
import Core
import NIOCore
import Stores
import Synchronization
import Testing

@testable import Ingestor

@Suite("The leader asks the exchange for its instruments, and tells the nodes", .timeLimit(.minutes(1)))
struct InstrumentTellerTests {
    /// Hears lists as a node does.
    private final class Node: BrokerReceiver {
        private let state = Mutex((assembly: InstrumentAssembly(), lists: [InstrumentList]()))

        var lists: [InstrumentList] { state.withLock { $0.lists } }

        func receive(_ batch: [Publication]) {}

        func receive(_ message: ByteBuffer, on channel: ControlChannel) {
            guard channel == .instruments, let part = try? InstrumentMessage(message) else { return }
            state.withLock { state in
                if let list = state.assembly.take(part) { state.lists.append(list) }
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

            // A client names what is not in it: so soon after the last question the list there is, is the answer.
            try await fixture.broker.send(InstrumentWant.fresh.encoded(), on: .instrumentsWanted)
            try await eventually { node.lists.count == 3 }
            await subscriber.close()
        }
    }
}
