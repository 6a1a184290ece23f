import Core
import NIOCore
import NIOEmbedded
import Testing

@testable import EdgeNode

/// A snapshot is made once for each position and variant, however many join there.
@Suite(.timeLimit(.minutes(10))) struct SharedSnapshotTests {
    private let fixture = EdgeFixture()

    /// Where the frame that joiners are given stands in memory.
    private func frame(in dialect: DialectID = .op, of stream: String) async throws -> UInt {
        let (port, name) = (fixture.ports[0], try StreamName(canonical: stream))
        return try await fixture.loops[0].executeInContext {
            let frame = port.shard.value.streams[name]?.snapshotFrame(Variant(dialect: dialect))
            return frame?.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } ?? 0
        }
    }

    @Test(arguments: ["depth.50.BTCUSDT", "ticker.BTCUSDT"])
    func aHerdThatJoinsAtOnePositionSharesOneFrame(_ stream: String) async throws {
        let change = #"{"symbol":"BTCUSDT","bids":[["1","1"]],"asks":[],"updateId":2}"#
        try await fixture.publish(.of(stream, 1, .snapshot, data: change), .of(stream, 2, data: change))
        let first = try await fixture.client()
        #expect(try await first.subscribe(stream).last == "snapshot 2 @1")
        let (shared, other) = (try await frame(of: stream), try await frame(in: .action, of: stream))
        #expect(shared != 0 && other != 0 && shared != other)
        for dialect in [DialectID.op, .action, .op, .action] {
            let client = try await fixture.client()
            let list = dialect == .op ? "args" : "streams"
            try await client.send(#"{"\#(dialect.key)":"subscribe","\#(list)":["\#(stream)"]}"#)
            #expect(try await client.awaitTold(2).last == "snapshot 2 @1")
        }
        #expect(try await frame(of: stream) == shared)
        #expect(try await frame(in: .action, of: stream) == other)
    }

    /// Two shards stand at one position, and not with one state: the later data was lost on the way to one of them.
    @Test func aShardThatLostDataHasASnapshotOfItsOwn() async throws {
        let fixture = EdgeFixture(shards: 2)
        let price = { (price: Int) in #"{"price":"\#(price)"}"# }
        try await fixture.publish(.of("ticker.BTCUSDT", 1, data: price(1)))
        for shard in 0..<2 {
            let client = try await fixture.client(shard: shard)
            #expect(try await client.subscribe("ticker:BTCUSDT").last == "snapshot 1 @1")
        }
        try fixture.fillMailbox()
        try await fixture.publish(.of("ticker.BTCUSDT", 2, data: price(2)))
        #expect(fixture.mailboxes[0].dropped == 1)
        // Nobody tells the shard that it has lost something, but the gap that follows.
        _ = fixture.mailboxes[0].taken
        try await fixture.publish(.ticker(3, .gap(.upstream)))
        for (shard, known) in [(1, 2), (0, 1), (1, 2)] {
            let joiner = try await fixture.client(shard: shard)
            try await joiner.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
            let text = try await joiner.awaitTexts().first { $0.contains(#""type":"snapshot""#) }
            #expect(text?.contains(#""seq":3"#) == true)
            #expect(text?.contains(price(known)) == true, "shard \(shard): \(text ?? "nothing")")
        }
    }

    /// One shard makes a deep book's snapshot: another that asks for a later one does not wait for it.
    @Test func nobodyWaitsForASnapshotOfAnotherPosition() throws {
        let cache = SnapshotCache()
        let later = cache.snapshot(at: Position(epoch: 1, sequence: 1)) {
            let other = cache.snapshot(at: Position(epoch: 1, sequence: 2)) { try? .ticker(2, .snapshot) }
            #expect(other?.publication.position.sequence == 2)
            cache.forget(before: Position(epoch: 1, sequence: 1))
            return try? .ticker(1, .snapshot)
        }
        #expect(later?.publication.position.sequence == 1)
        #expect(cache.made == 2)
    }

    @Test func itsFramesAreLetGoWhenTheStreamMovesOn() throws {
        let ticker = StreamDescriptor.of(try StreamName(canonical: "ticker.BTCUSDT"))
        let fanOut = StreamFanOut(ticker, dialects: .tidegate, snapshots: SnapshotCache(), at: .now())
        #expect(fanOut.snapshotFrame(Variant(dialect: .op)) == nil)
        fanOut.follow(Envelope(try .ticker(1), opensEpoch: true))
        #expect(fanOut.isSnapshotMade == false)
        #expect(fanOut.snapshot()?.position.sequence == 1)
        #expect(fanOut.isSnapshotMade)
        fanOut.follow(Envelope(try .ticker(2), opensEpoch: false))
        #expect(fanOut.isSnapshotMade == false)
        #expect(fanOut.snapshot()?.position.sequence == 2)
        var state = StreamState(.latest)
        state.apply(try .ticker(5))
        fanOut.restart(with: state)
        #expect(fanOut.snapshot()?.position.sequence == 5)
    }
}
