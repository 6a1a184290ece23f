import NIOCore
import NIOEmbedded
import Platform
import Testing

@testable import EdgeNode

/// A close frame is the last frame (RFC 6455, 5.5.1), also where data waits for a full socket.
@Suite struct LastFrameTests {
    enum Cause: CaseIterable {
        case aFloodOfPings
        case aBrokenRule
        case aStall
        case tradesThatDoNotFit
        case theClientsOwnClose
    }

    @Test(arguments: Cause.allCases) func nothingFollowsACloseWhateverWaits(cause: Cause) async throws {
        let fixture = EdgeFixture {
            $0.maximumMessageRate = 2
            $0.outbox.bytes = 1000
        }
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await client.stopReading()
        for sequence in 1...4 as ClosedRange<UInt64> { try await fixture.publish(.trade(sequence)) }
        #expect(try await client.told().isEmpty)
        let expected: String
        switch cause {
        case .aFloodOfPings:
            for _ in 0..<21 { try await client.send(bytes: WebSocketClientFrame.ping([65])) }
            expected = "close 1008 Too many control frames"
        case .aBrokenRule:
            try await client.send(bytes: [0x81, 0x00])
            expected = "close 1002"
        case .aStall:
            try await fixture.sweep(seconds: 6)
            expected = "close 4008"
        case .tradesThatDoNotFit:
            for sequence in 5...20 as ClosedRange<UInt64> { try await fixture.publish(.trade(sequence)) }
            expected = "close 4008"
        case .theClientsOwnClose:
            try await client.send(bytes: WebSocketClientFrame.close(1000))
            expected = "close 1000"
        }
        // Nor does what comes later.
        try await fixture.publish(.trade(21))
        try await client.readOn()
        let told = try await client.told()
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix(expected) == true, "\(told)")
        #expect(fixture.counters[0].backlogBytes.get() == 0)
    }

    /// Its token counts on all that was written before it; what is written behind it comes too, in front of the close.
    @Test func aGoodbyeComesBehindAllThatWaits() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await client.stopReading()
        try await fixture.publish(.trade(1), .trade(2))
        try await fixture.loops[0].executeInContext {
            fixture.ports[0].shard.value.clients.drain(window: .seconds(10)) {}
        }
        try await fixture.publish(.trade(3))
        await fixture.advance(.seconds(8))
        try await fixture.publish(.trade(4))
        try await client.readOn()
        #expect(
            try await client.told() == [
                "update 1 @1", "update 2", "going_away", "update 3", "close 1001 Server going away",
            ]
        )
    }
}
