import NIOCore
import Platform
import Testing

@testable import EdgeNode

@Suite struct LimitTests {
    @Test func aRequestBeyondTheSubscriptionLimitIsRefusedWhole() async throws {
        let fixture = EdgeFixture { $0.maximumSubscriptions = 2 }
        let client = try await fixture.client()
        try await client.subscribe("trade:A")
        #expect(try await client.subscribe("trade:B", "trade:C") == ["error LIMIT_EXCEEDED"])
        // The one that is there already, and another spelling of the new one, don't count.
        #expect(try await client.subscribe("trade:A", "trade:B", "trade.B") == ["subscribe trade:A trade:B trade.B"])
        #expect(fixture.counters[0].subscriptions.get() == 2)
    }

    @Test func messagesBeyondTheRateAreDroppedWithAnErrorAndTheConnectionIsKept() async throws {
        let fixture = EdgeFixture { $0.maximumMessageRate = 3 }
        let client = try await fixture.client()
        for _ in 0..<5 { try await client.send(#"{"op":"ping"}"#) }
        let complaint = "error RATE_LIMIT_EXCEEDED"
        #expect(try await client.told() == ["pong", "pong", "pong", complaint, complaint])
        await fixture.advance(.seconds(1))
        try await client.send(#"{"op":"ping"}"#)
        #expect(try await client.told() == ["pong"])
    }

    @Test func aFloodOfControlFramesIsClosed() async throws {
        let fixture = EdgeFixture { $0.maximumMessageRate = 2 }
        let client = try await fixture.client()
        try await client.send(bytes: (0..<21).flatMap { _ in WebSocketClientFrame.ping() })
        let told = try await client.told()
        #expect(told.filter { $0 == "PONG " }.count == 20)
        #expect(told.last == "close 1008 Too many control frames")
    }

    @Test func aMessageOverTheBoundIsClosedWith1009() async throws {
        let fixture = EdgeFixture { $0.maximumMessageBytes = 100 }
        let client = try await fixture.client()
        try await client.send(#"{"op":"ping","x":"\#(String(repeating: "x", count: 80))"}"#)
        #expect(try await client.told() == ["pong"])
        try await client.send(String(repeating: " ", count: 101))
        #expect(try await client.told().map { $0.prefix(10) } == ["close 1009"])
    }

    @Test(arguments: ["1e-300", "1e-10", "4e-324", "0.0000001"])
    func aRateNextToZeroHarmsNobody(rate: String) async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        #expect(
            try await client.subscribe(#"{"stream":"ticker:BTCUSDT","maxRate":\#(rate)}"#)
                == ["subscribe ticker:BTCUSDT", "snapshot 1 @1"]
        )
        try await fixture.publish(.ticker(2))
        await fixture.advance(.seconds(30))
        #expect(try await client.told().isEmpty)
    }

    @Test func maxRateConflatesForThatSubscriptionAlone() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        let slow = try await fixture.client()
        let fast = try await fixture.client()
        try await slow.subscribe(#"{"stream":"ticker:BTCUSDT","maxRate":2}"#)
        try await fast.subscribe("ticker:BTCUSDT")
        try await fixture.publish(.ticker(2), .ticker(3))
        try await fixture.publish(.ticker(4))
        await fixture.advance(.milliseconds(490))
        #expect(try await slow.told().isEmpty)
        await fixture.advance(.milliseconds(20))
        #expect(try await slow.told() == ["update 2...4 @1"])
        try await fixture.publish(.ticker(5))
        #expect(try await slow.told().isEmpty)
        await fixture.advance(.milliseconds(510))
        #expect(try await slow.told() == ["update 5...5 @1"])
        await fixture.advance(.seconds(1))
        try await fixture.publish(.ticker(6))
        #expect(try await slow.told() == ["update 6"])
        #expect(try await fast.told() == (2...6).map { "update \($0)" })
    }

    @Test func thousandsWhoseRateIsOverAtOneMomentAllGetWhatTheyAreOwed() async throws {
        let clients = 1 + Conflation.releasesPerTurn / 100
        let fixture = EdgeFixture { $0.maximumSubscriptions = 100 }
        let streams = (0..<100).map { "ticker.S\($0)USDT" }
        for stream in streams { try await fixture.publish(.of(stream, 1)) }
        let arguments = streams.map { #"{"stream":"\#($0)","maxRate":2}"# }.joined(separator: ",")
        var all: [TestClient] = []
        for _ in 0..<clients {
            let client = try await fixture.client()
            try await client.send(#"{"op":"subscribe","args":[\#(arguments)]}"#)
            #expect(try await client.awaitTold(101).count == 101)
            all.append(client)
        }
        for stream in streams { try await fixture.publish(.of(stream, 2), .of(stream, 3)) }
        await fixture.advance(.milliseconds(490))
        for client in all { #expect(try await client.told().isEmpty) }
        await fixture.advance(.milliseconds(20))
        for client in all {
            #expect(try await client.told() == Array(repeating: "update 2...3 @1", count: streams.count))
        }
    }

    @Test func maxRateHoldsWhereTheSocketWasFullInBetween() async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 3 }
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe(#"{"stream":"ticker:BTCUSDT","maxRate":1}"#)
        try await client.stopReading()
        try await fixture.publish(.ticker(2))
        try await client.readOn()
        #expect(try await client.told().isEmpty)
        await fixture.advance(.milliseconds(1010))
        #expect(try await client.told() == ["update 2...2 @1"])
    }

    @Test func askedForAgainAtAnotherRateItBeginsAnewAndAtTheSameItGoesOn() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        let slow = #"{"stream":"ticker:BTCUSDT","maxRate":1}"#
        try await client.subscribe(slow)
        #expect(try await client.subscribe(slow) == ["subscribe ticker:BTCUSDT"])
        #expect(try await client.subscribe("ticker:BTCUSDT") == ["subscribe ticker:BTCUSDT", "snapshot 1 @1"])
        try await fixture.publish(.ticker(2), .ticker(3))
        #expect(try await client.told() == ["update 2", "update 3"])
    }

    @Test func maxRateDoesNotThinTrades() async throws {
        let fixture = EdgeFixture()
        let client = try await fixture.client()
        try await client.subscribe(#"{"stream":"trade:BTCUSDT","maxRate":1}"#)
        try await fixture.publish(.trade(1), .trade(2))
        #expect(try await client.told() == ["update 1 @1", "update 2"])
    }
}
