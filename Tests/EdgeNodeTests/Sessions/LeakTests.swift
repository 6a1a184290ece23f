import Core
import NIOCore
import NIOEmbedded
import Testing

@testable import EdgeNode

@Suite struct LeakTests {
    /// Touched on the loop, and by the test when the loop has nothing to do.
    private final class Watched: @unchecked Sendable {
        weak var connection: ClientConnection?
        weak var subscription: Subscription?
    }

    private func watch(_ fixture: EdgeFixture, _ stream: String) async throws -> Watched {
        let watched = Watched()
        let name = try StreamName(canonical: stream)
        let port = fixture.ports[0]
        try await fixture.loops[0].executeInContext {
            let subscription = port.shard.value.streams[name]?.all.first
            watched.subscription = subscription
            watched.connection = subscription?.connection
        }
        #expect(watched.connection != nil && watched.subscription != nil)
        return watched
    }

    @Test(arguments: ["ticker:BTCUSDT", #"{"stream":"ticker:BTCUSDT","maxRate":1}"#], [false, true])
    func nothingIsLeftOfAClientThatHasGone(argument: String, isFull: Bool) async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 3 }
        try await fixture.publish(.ticker(1))
        var client: TestClient? = try await fixture.client()
        _ = try await client?.subscribe(argument)
        if isFull { try await client?.stopReading() }
        // Something is owed to it.
        try await fixture.publish(.ticker(2), .ticker(3))
        let watched = try await watch(fixture, "ticker.BTCUSDT")
        try await client?.disconnect()
        client = nil
        await fixture.loops[0].run()
        #expect(watched.connection == nil)
        // In the list of those that wait for their rate it stands so long at most.
        await fixture.advance(Throttled.longestWait + .milliseconds(10))
        #expect(watched.subscription == nil)
        await fixture.advance(.seconds(2))
        try await fixture.publish(.ticker(4))
    }

    @Test func aRequestThatStillWaitsDoesNotKeepItsClient() async throws {
        let broker = HeldBroker()
        let fixture = EdgeFixture(broker: broker)
        try await fixture.publish(.ticker(1))
        var client: TestClient? = try await fixture.client()
        _ = try await client?.subscribe("ticker:BTCUSDT")
        let watched = try await watch(fixture, "ticker.BTCUSDT")
        broker.hold()
        try await client?.send(#"{"op":"subscribe","args":["trade:BTCUSDT"]}"#)
        try await fixture.until { broker.calls.count == 2 }
        try await client?.disconnect()
        client = nil
        await fixture.loops[0].run()
        #expect(watched.connection == nil)
        #expect(watched.subscription == nil)
        broker.release()
    }
}
