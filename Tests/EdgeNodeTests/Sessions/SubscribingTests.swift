import Core
import Platform
import Testing

@testable import EdgeNode

@Suite struct SubscribingTests {
    private let fixture = EdgeFixture()

    @Test func theReplyComesFirstThenTheSnapshotThenUpdatesWithoutAHole() async throws {
        try await fixture.publish(.ticker(4), .ticker(5))
        let client = try await fixture.client()
        #expect(try await client.subscribe("ticker:BTCUSDT") == ["subscribe ticker:BTCUSDT", "snapshot 5 @1"])
        try await fixture.publish(.ticker(6), .ticker(7))
        try await fixture.publish(.ticker(8))
        #expect(try await client.told() == ["update 6", "update 7", "update 8"])
    }

    @Test func aLateJoinerGetsTheSnapshotAtItsPosition() async throws {
        try await fixture.publish(.ticker(1))
        let first = try await fixture.client()
        try await first.subscribe("ticker:BTCUSDT")
        try await fixture.publish(.ticker(2), .ticker(3))
        let late = try await fixture.client()
        try await late.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"],"id":7}"#)
        let texts = try await late.texts()
        #expect(
            texts.first?.replacing(/"token":"[^"]+"/, with: #""token":T"#)
                == #"{"op":"subscribe","success":true,"args":["ticker:BTCUSDT"],"message":"Subscribed to 1 streams","rejected":null,"resume":{"token":T,"positions":{}},"id":7}"#
        )
        #expect(texts.dropFirst().compactMap { ServerMessage($0)?.brief } == ["snapshot 3 @1"])
        try await fixture.publish(.ticker(4))
        #expect(try await late.told() == ["update 4"])
        #expect(try await first.told() == ["update 2", "update 3", "update 4"])
    }

    @Test func aBookIsJoinedInItsMergedState() async throws {
        try await fixture.publish(.depth(1, .snapshot), .depth(2), .depth(3))
        let client = try await fixture.client()
        try await client.send(#"{"action":"subscribe","streams":["depth.btc_usdt"]}"#)
        var texts: [String] = []
        try await fixture.until {
            texts += try await client.texts()
            return texts.count == 2
        }
        #expect(
            texts.last
                == #"{"stream":"depth.btc_usdt","type":"snapshot","seq":3,"epoch":1,"data":{"symbol":"BTCUSDT","bids":[["3","1"],["2","1"],["1","1"]],"asks":[],"updateId":3},"timestamp":1704063600000}"#
        )
    }

    @Test func tradesHaveNoSnapshot() async throws {
        try await fixture.publish(.trade(1), .trade(2))
        let client = try await fixture.client()
        #expect(try await client.subscribe("trade:BTCUSDT") == ["subscribe trade:BTCUSDT"])
        try await fixture.publish(.trade(3))
        #expect(try await client.told() == ["update 3"])
    }

    @Test func aStreamWithoutAPastBeginsWithItsFirstPublication() async throws {
        let client = try await fixture.client()
        #expect(try await client.subscribe("ticker:BTCUSDT") == ["subscribe ticker:BTCUSDT"])
        try await fixture.publish(.ticker(1, .snapshot))
        #expect(try await client.told() == ["snapshot 1 @1"])
    }

    @Test func unsubscribingStopsDataAndSubscribingAgainBeginsWithASnapshot() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await client.send(#"{"op":"unsubscribe","args":["tickers.BTCUSDT","trade:BTCUSDT","x"]}"#)
        #expect(try await client.told() == ["unsubscribe tickers.BTCUSDT"])
        try await fixture.publish(.ticker(2))
        #expect(try await client.told().isEmpty)
        #expect(try await client.subscribe("ticker:BTCUSDT") == ["subscribe ticker:BTCUSDT", "snapshot 2 @1"])
    }

    @Test func twoSpellingsOfOneStreamAreOneSubscription() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        #expect(
            try await client.subscribe("ticker:BTCUSDT", "tickers.BTCUSDT")
                == ["subscribe ticker:BTCUSDT tickers.BTCUSDT", "snapshot 1 @1"]
        )
        #expect(try await client.subscribe("ticker.BTCUSDT") == ["subscribe ticker.BTCUSDT"])
        try await fixture.publish(.ticker(2))
        #expect(try await client.told() == ["update 2"])
        #expect(fixture.counters[0].subscriptions.get() == 1)
    }

    @Test func subscribingInAnotherDialectTurnsTheDataToIt() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        try await client.subscribe("ticker:BTCUSDT")
        try await client.send(#"{"action":"subscribe","streams":["ticker.btc_usdt"]}"#)
        #expect(try await client.told() == ["subscribed ticker.btc_usdt", "snapshot 1 @1"])
        try await fixture.publish(.ticker(2))
        #expect(try await client.texts().map { $0.prefix(27) } == [#"{"stream":"ticker.btc_usdt""#])
        #expect(fixture.counters[0].subscriptions.get() == 1)
    }

    @Test func whatIsRejectedStandsBesideWhatIsAccepted() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        #expect(
            try await client.subscribe("ticker:BTCUSDT", "ticker:*", "orders.user123", "news:X")
                == ["subscribe ticker:BTCUSDT -ticker:* -orders.user123 -news:X", "snapshot 1 @1"]
        )
        #expect(try await client.subscribe("tickers.*") == ["subscribe -tickers.*"])
    }

    @Test func requestsBehindOneThatWaitsAreAnsweredInOrder() async throws {
        let client = try await fixture.client()
        let requests = [#"{"op":"subscribe","args":["trade:BTCUSDT"]}"#, #"{"op":"fly"}"#, #"{"op":"ping"}"#]
        try await client.send(bytes: requests.flatMap { WebSocketClientFrame.text($0) })
        var told: [String] = []
        try await fixture.until {
            told += try await client.told()
            return told.count >= 3
        }
        #expect(told == ["subscribe trade:BTCUSDT", "error UNKNOWN_OP", "pong"])
    }

    @Test func everyClientOfEveryShardGetsEveryPublication() async throws {
        let fixture = EdgeFixture(shards: 3)
        try await fixture.publish(.ticker(1))
        var clients: [TestClient] = []
        for index in 0..<6 {
            clients.append(try await fixture.client(shard: index % 3))
            try await clients[index].subscribe("ticker:BTCUSDT")
        }
        try await fixture.publish(.ticker(2))
        for client in clients { #expect(try await client.told() == ["update 2"]) }
    }
}
