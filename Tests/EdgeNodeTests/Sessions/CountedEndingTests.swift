import Core
import NIOCore
import Platform
import Testing

@testable import EdgeNode

/// Each connection that ends is counted once, by who has ended it.
@Suite struct CountedEndingTests {
    private static func endings(_ fixture: EdgeFixture) -> [ConnectionEnding: Int] {
        fixture.counters[0].endings.values.filter { $0.value > 0 }
    }

    @Test(arguments: [
        (WebSocketClientFrame.close(1000, "bye"), ConnectionEnding.client(.normal)),
        (WebSocketClientFrame.close([]), .client(nil)),
        (WebSocketClientFrame.close(4999), .client(CloseCode(rawValue: 4999))),
        ([0x81, 0x00], .node(.protocolError)),
    ])
    func whoseCloseFrameComesFirst(bytes: [UInt8], ending: ConnectionEnding) async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        try await client.send(bytes: bytes)
        #expect(!client.isOpen)
        #expect(Self.endings(fixture) == [ending: 1])
    }

    @Test func aConnectionThatBreaksIsTheNetworks() async throws {
        let fixture = EdgeFixture()
        try await fixture.client().disconnect()
        #expect(Self.endings(fixture) == [.network: 1])
    }

    /// That it is cut off at last, since it did not answer, is no ending of its own.
    @Test func whatTheNodeHasSaidCounts() async throws {
        let fixture = EdgeFixture { $0.idleTimeout = .seconds(1) }
        let client = try await fixture.client()
        try await fixture.sweep(seconds: 3)
        #expect(!client.isOpen)
        #expect(Self.endings(fixture) == [.node(.idleTimeout): 1])
    }

    @Test func deliveriesAreCountedByKind() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT", "trade:BTCUSDT")
        try await fixture.publish(.ticker(1), .ticker(2), .trade(1))
        let frames = try await client.frames()
        let counters = fixture.counters[0]
        #expect(counters.deliveries.values == ["ticker": 2, "trade": 1])
        #expect(fixture.hub.counters.received.values == ["ticker": 2, "trade": 1])
        #expect(frames.count == 3 && counters.deliveredBytes.get() > 100)
        #expect(counters.endToEnd.snapshot.count == 3 && counters.batches.snapshot.sum == 3)
    }
}
