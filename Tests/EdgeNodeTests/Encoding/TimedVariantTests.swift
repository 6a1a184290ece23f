import Core
import TestSupport
import Testing

@testable import EdgeNode

/// Frames that tell times are a variant of their own: made once for the node, for those alone who asked for them.
@Suite(.timeLimit(.minutes(10))) struct TimedVariantTests {
    @Test(arguments: ["ticker.BTCUSDT", "trade.BTCUSDT"])
    func whoAskForTimesShareOneFrameOnAllShards(stream: String) async throws {
        let op = CountingDialect(OpDialect(brand: "tidegate"))
        let fixture = EdgeFixture(shards: 3, dialects: DialectRegistry([op]))
        try await fixture.publish(.of(stream, 1))
        var asking: [TestClient] = []
        var others: [TestClient] = []
        for shard in 0..<3 {
            for times in [true, false] {
                let client = try await fixture.client(shard: shard)
                try await client.send(#"{"op":"subscribe","args":["\#(stream)"],"times":\#(times)}"#)
                _ = try await client.awaitTold()
                if times { asking.append(client) } else { others.append(client) }
            }
        }
        let before = op.made
        try await fixture.publish(.of(stream, 2))
        var frames: Set<[String]> = []
        for client in asking { frames.insert(try await client.awaitTexts()) }
        // Also the time of sending is one for all.
        #expect(frames.count == 1)
        #expect(ToldTimes(in: frames.first?.first ?? "") != nil)
        frames = []
        for client in others { frames.insert(try await client.awaitTexts()) }
        #expect(frames.count == 1)
        #expect(frames.first?.first?.contains(#""times""#) == false)
        #expect(op.made - before == 2)
    }

    @Test func theirSnapshotIsMadeOnceForTheNode() async throws {
        let fixture = EdgeFixture(shards: 2)
        try await fixture.publish(.ticker(1))
        var snapshots: Set<String> = []
        for shard in [0, 1, 0] {
            let client = try await fixture.client(shard: shard)
            try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":true}"#)
            var texts: [String] = []
            while texts.count < 2 { texts += try await client.awaitTexts() }
            snapshots.insert(texts[1])
        }
        #expect(snapshots.count == 1)
        #expect(ToldTimes(in: snapshots.first ?? "") != nil)
    }

    /// Nobody who has not asked costs or gets anything of it.
    @Test func whereNobodyAsksNoneAreMade() async throws {
        let op = CountingDialect(OpDialect(brand: "tidegate"))
        let fixture = EdgeFixture(dialects: DialectRegistry([op]))
        let stays = try await fixture.client()
        try await stays.subscribe("trade:BTCUSDT")
        let leaves = try await fixture.client()
        try await leaves.send(#"{"op":"subscribe","args":["trade:BTCUSDT"],"times":true}"#)
        _ = try await leaves.awaitTold()
        try await fixture.publish(.trade(1))
        #expect(try await leaves.awaitTold() == ["update 1 @1"])
        #expect(op.made == 2 && op.timed == 1)
        try await leaves.send(#"{"op":"unsubscribe","args":["trade:BTCUSDT"]}"#)
        _ = try await leaves.awaitTold()
        try await fixture.publish(.trade(2))
        #expect(try await stays.awaitTold(2) == ["update 1 @1", "update 2"])
        #expect(op.made == 3 && op.timed == 1)
    }
}
