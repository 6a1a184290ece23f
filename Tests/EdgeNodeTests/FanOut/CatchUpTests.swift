import Core
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import EdgeNode

/// In a storm of connects or closes the mail does not wait for the end of the turn.
@Suite struct CatchUpTests {
    private let fixture = EdgeFixture()

    /// A subscriber that has been told the first publication; the second one is in the mailbox, and nobody has woken the
    /// shard for it: its turn goes on.
    private func waitingMail() async throws -> TestClient {
        try await fixture.publish(.ticker(1))
        let subscriber = try await fixture.client()
        try await subscriber.subscribe("ticker:BTCUSDT")
        _ = try await subscriber.told()
        await fixture.advance(.seconds(1))
        try putIntoMailbox(.ticker(2))
        #expect(try await arrived(at: subscriber).isEmpty)
        return subscriber
    }

    private func putIntoMailbox(_ publication: Publication) throws {
        _ = fixture.mailboxes[0].post(.publication(Self.encoded(publication)))
    }

    private static func encoded(_ publication: Publication) -> Envelope { Envelope(publication, opensEpoch: false) }

    /// What the subscriber has got without the loop having run a task.
    private func arrived(at client: TestClient) async throws -> [String] {
        var bytes = ByteBuffer()
        while var buffer = try await client.channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&buffer) }
        return ServerFrame.read(from: &bytes).map(\.brief)
    }

    @Test func aClientThatLeavesLetsTheMailPass() async throws {
        let other = try await fixture.client()
        let subscriber = try await waitingMail()
        try await fixture.loops[0].executeInContext { other.channel.pipeline.fireChannelInactive() }
        #expect(try await arrived(at: subscriber) == ["update 2"])
    }

    @Test func aClientThatAsksLetsTheMailPass() async throws {
        let other = try await fixture.client()
        let subscriber = try await waitingMail()
        let request = ByteBuffer(bytes: WebSocketClientFrame.text(#"{"op":"ping"}"#))
        try await fixture.loops[0].executeInContext { other.channel.pipeline.fireChannelRead(request) }
        #expect(try await arrived(at: subscriber) == ["update 2"])
    }

    @Test func aClientThatUpgradesLetsTheMailPass() async throws {
        let other = try await GatewayClient(fixture)
        let subscriber = try await waitingMail()
        let request = ByteBuffer(string: "GET /ws HTTP/1.1\r\nHost: x\r\n\(GatewayClient.upgrade)\r\n")
        try await fixture.loops[0].executeInContext { other.channel.pipeline.fireChannelRead(request) }
        #expect(try await arrived(at: subscriber) == ["update 2"])
    }

    @Test func aSweepLetsTheMailPass() async throws {
        let subscriber = try await waitingMail()
        let port = fixture.ports[0]
        try await fixture.loops[0].executeInContext { port.shard.value.sweep.begin() }
        #expect(try await arrived(at: subscriber) == ["update 2"])
    }

    @Test func aSweepOfManyLetsTheSocketsHaveTheirTurn() async throws {
        let fixture = EdgeFixture { $0.pingInterval = .seconds(1) }
        var clients: [TestClient] = []
        for _ in 0..<Sweep.inspectionsAtOnce + 3 { clients.append(try await fixture.client()) }
        try await fixture.sweep()
        // From the end; a second one does not begin before the first is over.
        let port = fixture.ports[0]
        try await fixture.loops[0].executeInContext { port.shard.value.sweep.begin() }
        for (index, client) in clients.enumerated() {
            #expect(try await client.told() == (index < 3 ? [] : ["PING"]))
        }
        await fixture.advance(Turns.pause)
        for client in clients.prefix(3) { #expect(try await client.told() == ["PING"]) }
    }

    @Test func aDrainLetsTheMailPass() async throws {
        let other = try await fixture.client()
        let subscriber = try await waitingMail()
        let port = fixture.ports[0]
        try await fixture.loops[0].executeInContext { port.shard.value.clients.drain(window: .seconds(1)) {} }
        #expect(try await arrived(at: subscriber).first == "update 2")
        #expect(other.isOpen)
    }

    /// So that a storm does not undo the batching of what is delivered meanwhile.
    @Test func theMailIsNotLookedForMoreOftenThanItsInterval() async throws {
        let others = [try await fixture.client(), try await fixture.client(), try await fixture.client()]
        let subscriber = try await waitingMail()
        let loop = fixture.loops[0]
        try await loop.executeInContext { others[0].channel.pipeline.fireChannelInactive() }
        #expect(try await arrived(at: subscriber) == ["update 2"])
        try putIntoMailbox(.ticker(3))
        try await loop.executeInContext { others[1].channel.pipeline.fireChannelInactive() }
        #expect(try await arrived(at: subscriber).isEmpty)
        await fixture.advance(TurnClock.catchUpInterval)
        try await loop.executeInContext { others[2].channel.pipeline.fireChannelInactive() }
        #expect(try await arrived(at: subscriber) == ["update 3"])
    }

    /// Otherwise publications that come as fast as they can be delivered keep the loop from its sockets for ever.
    @Test func afterALongDeliveryTheSocketsHaveTheirTurn() async throws {
        try await fixture.publish(.ticker(1))
        let subscriber = try await fixture.client()
        try await subscriber.subscribe("ticker:BTCUSDT")
        _ = try await subscriber.told()
        await fixture.advance(.seconds(1))
        let port = fixture.ports[0]
        let loop = fixture.loops[0]
        try await loop.executeInContext {
            port.shard.value.turns.clock = TurnClock(ended: loop.now, busySince: loop.now - TurnClock.longestBusyTime)
        }
        try await fixture.publish(.ticker(2))
        #expect(try await subscriber.told().isEmpty)
        try await fixture.publish(.ticker(3))
        await fixture.advance(Turns.pause)
        #expect(try await arrived(at: subscriber) == ["update 2", "update 3"])
        // After a short one the next wake-up counts again.
        try await fixture.publish(.ticker(4))
        #expect(try await arrived(at: subscriber) == ["update 4"])
    }

    /// A client whose socket turns out to be closed in the middle of a delivery leaves there and then: what has come to the
    /// mailbox meanwhile must not overtake what is being delivered.
    @Test func aClientThatLeavesDuringADeliveryDoesNotLetTheMailOvertake() async throws {
        let fixture = EdgeFixture()
        let loop = fixture.loops[0]
        let port = fixture.ports[0]
        try await fixture.publish(.trade(1))
        let dying = try await fixture.client()
        let subscriber = try await fixture.client()
        for client in [dying, subscriber] { try await client.subscribe("trade:BTCUSDT") }
        await fixture.advance(.seconds(1))
        let late = Self.encoded(try .trade(4))
        // It dies when it is asked to flush.
        let hook = FlushHook {
            _ = port.mailbox.post(.publication(late))
            // As long as the delivery itself takes no time, it does not keep others from beginning.
            port.shard.value.turns.clock = TurnClock()
            dying.channel.pipeline.fireChannelInactive()
        }
        try await loop.executeInContext {
            try dying.channel.pipeline.syncOperations.addHandler(hook, position: .first)
        }
        try await fixture.publish(.trade(2), .trade(3))
        try await fixture.until { try await loop.executeInContext { hook.hasFired } }
        await fixture.advance(.seconds(1))
        try await loop.executeInContext { port.shard.value.turns.catchUp() }
        #expect(try await subscriber.told() == ["update 2", "update 3", "update 4"])
    }
}
