import Logging
import NIOCore
import Platform
import Stores
import TestSupport
import Testing

@testable import EdgeNode

@Suite("A node does what it is ordered to where that is signed, for it, and new", .timeLimit(.minutes(1)))
struct OrderFollowerTests {
    private static let now: Int64 = 1_700_000_000_000
    private let signer: ControlSigner
    private let obeyed = Inbox<RebalanceOrder>()
    private let order = RebalanceOrder(node: "n", clients: 5, floor: 7, seconds: 30)

    init() throws { signer = try #require(ControlSigner("0123456789abcdef0123456789abcdef")) }

    private func follower() -> OrderFollower {
        let quiet = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return OrderFollower(
            node: "n",
            signer: signer,
            logger: quiet,
            clock: { Self.now },
            obey: { [obeyed] order, _ in obeyed.append([order]) }
        )
    }

    @Test func aSignedOneIsObeyedOnce() {
        let follower = follower()
        let message = signer.sign(order.encoded, for: .orders, at: Self.now)
        for _ in 1...3 { follower.receive(message, on: .orders) }
        #expect(obeyed.elements == [order])
        follower.receive(signer.sign(order.encoded, for: .orders, at: Self.now), on: .orders)
        #expect(obeyed.elements == [order, order])
    }

    @Test func nothingElseIs() throws {
        let follower = follower()
        let other = try #require(ControlSigner("another key of thirty-two bytes.."))
        let elsewhere = RebalanceOrder(node: "m", clients: 5, floor: 7, seconds: 30)
        let messages = [
            order.encoded, other.sign(order.encoded, for: .orders, at: Self.now),
            signer.sign(order.encoded, for: .revocations, at: Self.now),
            signer.sign(order.encoded, for: .orders, at: Self.now - 60_001),
            signer.sign(elsewhere.encoded, for: .orders, at: Self.now),
            signer.sign(ByteBuffer(string: #"{"op":"rebalance"}"#), for: .orders, at: Self.now),
        ]
        for message in messages { follower.receive(message, on: .orders) }
        follower.receive(signer.sign(order.encoded, for: .orders, at: Self.now), on: .revocations)
        #expect(obeyed.elements.isEmpty)
    }

    @Test func itIsHeardOverTheBroker() async throws {
        let broker = InProcessBroker()
        let follower = follower()
        let running = Task { await follower.run(over: broker) }
        while obeyed.elements.isEmpty {
            try await broker.send(signer.sign(order.encoded, for: .orders, at: Self.now), on: .orders)
            try await Task.sleep(for: .milliseconds(2))
        }
        running.cancel()
        await running.value
    }
}
