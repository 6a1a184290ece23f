import Core
import NIOCore
import Testing

@testable import EdgeNode

/// A publication is encoded once for each variant that a node's clients have, on however many shards they are.
@Suite(.timeLimit(.minutes(10))) struct VariantFramesTests {
    @Test(arguments: ["ticker.BTCUSDT", "trade.BTCUSDT"])
    func eachPublicationIsEncodedOncePerVariant(stream: String) async throws {
        let (op, action) = (CountingDialect(OpDialect(brand: "tidegate")), CountingDialect(ActionDialect()))
        let fixture = EdgeFixture(shards: 3, dialects: DialectRegistry([op, action]))
        try await fixture.publish(.of(stream, 1))
        var clients: [TestClient] = []
        for index in 0..<6 {
            let client = try await fixture.client(shard: index % 3)
            let (key, list) = index < 3 ? ("op", "args") : ("action", "streams")
            try await client.send(#"{"\#(key)":"subscribe","\#(list)":["\#(stream)"]}"#)
            _ = try await client.awaitTold()
            clients.append(client)
        }
        let before = (op.made, action.made)
        for sequence in 2...4 as ClosedRange<UInt64> {
            try await fixture.publish(.of(stream, sequence))
            for client in clients { #expect(try await client.awaitTold() == ["update \(sequence)"]) }
        }
        #expect(op.made - before.0 == 3)
        #expect(action.made - before.1 == 3)
    }

    /// What nobody has use for is not encoded.
    @Test func aVariantThatNobodyHasAnyMoreCostsNothing() async throws {
        let (op, action) = (CountingDialect(OpDialect(brand: "tidegate")), CountingDialect(ActionDialect()))
        let fixture = EdgeFixture(dialects: DialectRegistry([op, action]))
        let stays = try await fixture.client()
        try await stays.subscribe("trade:BTCUSDT")
        let leaves = try await fixture.client()
        try await leaves.send(#"{"action":"subscribe","streams":["trade.BTCUSDT"]}"#)
        _ = try await leaves.awaitTold()
        try await fixture.publish(.trade(1))
        #expect(try await leaves.awaitTold() == ["update 1 @1"])
        try await leaves.send(#"{"action":"unsubscribe","streams":["trade.BTCUSDT"]}"#)
        _ = try await leaves.awaitTold()
        try await fixture.publish(.trade(2))
        #expect(try await stays.awaitTold(2) == ["update 1 @1", "update 2"])
        #expect(op.made == 2)
        #expect(action.made == 1)
    }
}
