import Core
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Stores

@Suite("A node follows the leader's list of instruments", .timeLimit(.minutes(5)))
struct InstrumentFollowerTests {
    /// Hears what nodes ask for, as a leader does.
    private final class Leader: BrokerReceiver {
        private let heard = Mutex([InstrumentWant]())

        var wants: [InstrumentWant] { heard.withLock { $0 } }

        func receive(_ batch: [Publication]) {}

        func receive(_ message: ByteBuffer, on channel: ControlChannel) {
            guard channel == .instrumentsWanted, let want = InstrumentWant(message) else { return }
            heard.withLock { $0.append(want) }
        }

        func mayHaveMissed(_ loss: BrokerLoss) {}
    }

    private let broker = InProcessBroker()
    private let leader = Leader()
    private let time = HandClock()
    private let instruments: Instruments
    private let list: InstrumentList
    private let other: InstrumentList

    init() throws {
        let time = time
        instruments = Instruments(patience: .seconds(3600)) { time.now }
        list = try #require(InstrumentList((0..<10_000).map { "SYMBOL\($0)USDT" }))
        other = try #require(InstrumentList(["BTCUSDT"]))
    }

    private func follow(_ body: () async throws -> Void) async throws {
        try await broker.attach(leader).listen(on: .instrumentsWanted)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let follower = InstrumentFollower(instruments, broker: broker, writing: .one, logger: quiet)
        let following = follower.follow()
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        following.cancel()
        await following.value
        try result.get()
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }

    private func tell(_ list: InstrumentList, epoch: UInt64 = 1, age: Duration = .zero) async throws {
        for part in InstrumentMessage.encode(list, epoch: epoch, age: age) {
            try await broker.send(part, on: .instruments)
        }
    }

    /// Tells it until the follower, who has just begun to listen, has it.
    private func isTold(_ list: InstrumentList, epoch: UInt64 = 1, age: Duration = .zero) async throws {
        try await eventually {
            try await tell(list, epoch: epoch, age: age)
            return instruments.list == list
        }
    }

    private func beat(epoch: UInt64 = 1, _ checksum: UInt64?) async throws {
        let heartbeat = Heartbeat(epoch: epoch, sentAt: 0, upstream: UpstreamStatus(), instruments: checksum)
        try await broker.send(heartbeat.encoded(), on: .heartbeat)
    }

    @Test func whatIsToldIsHad() async throws {
        try await follow {
            try await isTold(list)
            #expect(leader.wants.isEmpty)
        }
    }

    @Test func aListThatWasMissedIsAskedFor() async throws {
        try await follow {
            try await eventually {
                try await beat(list.checksum)
                return leader.wants.first == .list
            }
            try await tell(list)
            #expect(instruments.list == list)
        }
    }

    @Test func neitherAFormerLeaderNorOneWithoutAListIsAsked() async throws {
        try await follow {
            try await isTold(list)
            try await beat(epoch: 5, list.checksum)
            try await beat(epoch: 4, 77)
            try await beat(epoch: 6, nil)
            // Behind all of them comes a question that is asked.
            time.pass(.seconds(60))
            async let absence = instruments.absence(of: "NOPE")
            try await eventually { !leader.wants.isEmpty }
            #expect(leader.wants == [.fresh])
            try await tell(list, epoch: 6)
            #expect(await absence != nil)
        }
    }

    @Test func theAgeOfAListIsKept() async throws {
        try await follow {
            try await isTold(list, age: .seconds(8))
            #expect(await instruments.absence(of: "NOPE")?.lifetime == .seconds(2))
        }
    }

    @Test func whatAFormerLeaderSaysIsPassedOver() async throws {
        try await follow {
            try await isTold(list, epoch: 5)
            time.pass(.seconds(1))
            try await tell(other, epoch: 4)
            #expect(instruments.list == list)
            try await tell(other, epoch: 5)
            #expect(instruments.list == other)
            // A new leader is known by its heartbeat, too.
            try await eventually {
                try await beat(epoch: 7, list.checksum)
                return leader.wants.contains(.list)
            }
            time.pass(.seconds(1))
            try await tell(list, epoch: 6)
            #expect(instruments.list == other)
            try await tell(list, epoch: 7)
            #expect(instruments.list == list)
        }
    }

    /// The new leader has asked a moment before the former one, or what it says has been on its way for long.
    @Test func anOlderListIsTakenOnlyWhereHeartbeatsTellOfIt() async throws {
        try await follow {
            try await isTold(other)
            try await tell(list, age: .seconds(5))
            #expect(instruments.list == other)
            try await eventually {
                try await beat(list.checksum)
                return leader.wants.contains(.list)
            }
            try await tell(list, age: .seconds(5))
            #expect(instruments.list == list)
        }
    }

    /// Another node has missed the list and is sent it, while the exchange is being asked for this one.
    @Test func anOldListIsNotTheAnswerToAQuestion() async throws {
        try await follow {
            try await isTold(list)
            time.pass(.seconds(200))
            async let absence = instruments.absence(of: "BTCUSDT")
            try await eventually { leader.wants.contains(.fresh) }
            try await tell(list, age: .seconds(200))
            for _ in 0..<100 { await Task.yield() }
            try await tell(try #require(InstrumentList(list.symbols.union(["BTCUSDT"]))))
            #expect(await absence == nil)
        }
    }
}
