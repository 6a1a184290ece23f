import Core
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Stores

@Suite("A node follows the leader's list of instruments", .timeLimit(.minutes(1)))
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
    private let instruments = Instruments(patience: .seconds(3600))
    private let list: InstrumentList

    init() throws { list = try #require(InstrumentList((0..<10_000).map { "SYMBOL\($0)USDT" })) }

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

    private func tell(_ list: InstrumentList, age: Duration = .zero) async throws {
        for part in InstrumentMessage.encode(list, age: age) { try await broker.send(part, on: .instruments) }
    }

    private func beat(epoch: UInt64 = 1, _ checksum: UInt64?) async throws {
        let heartbeat = Heartbeat(epoch: epoch, sentAt: 0, upstream: UpstreamStatus(), instruments: checksum)
        try await broker.send(heartbeat.encoded(), on: .heartbeat)
    }

    @Test func whatIsToldIsHad() async throws {
        try await follow {
            try await eventually {
                try await tell(list)
                return instruments.list == list
            }
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
            try await eventually {
                try await tell(list)
                return instruments.list == list
            }
            try await beat(epoch: 5, list.checksum)
            try await beat(epoch: 4, 77)
            try await beat(epoch: 6, nil)
            // Behind all of them comes a question that is asked.
            instruments.hear(list, age: .seconds(60))
            async let absence = instruments.absence(of: "NOPE")
            try await eventually { !leader.wants.isEmpty }
            #expect(leader.wants == [.fresh])
            try await tell(list)
            #expect(await absence != nil)
        }
    }

    @Test func theAgeOfAListIsKept() async throws {
        try await follow {
            try await eventually {
                try await tell(list, age: .seconds(8))
                return instruments.list == list
            }
            let lifetime = try #require(await instruments.absence(of: "NOPE")).lifetime
            #expect(lifetime <= .seconds(2))
        }
    }
}
