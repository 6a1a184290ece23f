import Core
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import EdgeNode

/// However many join a deep book at one position, and on whatever shards, its snapshot is made and encoded once.
@Suite(.timeLimit(.minutes(10))) struct SnapshotHerdTests {
    private static let stream = "depth.1000.BTCUSDT"

    /// 1,000 levels on each side.
    private static func book(_ updateID: Int) -> String {
        let levels = (1...1000).map { #"["\#($0)","1"]"# }.joined(separator: ",")
        return #"{"symbol":"BTCUSDT","bids":[\#(levels)],"asks":[\#(levels)],"updateId":\#(updateID)}"#
    }

    private static let change = #"{"symbol":"BTCUSDT","bids":[["1","2"]],"asks":[],"updateId":2}"#

    @Test func aThousandOverSeveralShardsCostOneEncoding() async throws {
        let dialect = CountingDialect(ActionDialect())
        // However often the sweep below comes, nobody is asked for a pong, and closed for it.
        let fixture = EdgeFixture(shards: 4, dialects: DialectRegistry([dialect]), maximumClients: 1004) {
            $0.pingInterval = .hours(1000)
            $0.idleTimeout = .hours(1000)
        }
        let stream = Self.stream
        try await fixture.publish(.of(stream, 1, .snapshot, data: Self.book(1)), .of(stream, 2, data: Self.change))
        var clients: [TestClient] = []
        for index in 0..<1000 { clients.append(try await fixture.client(shard: index % 4)) }
        let request = #"{"action":"subscribe","streams":["\#(stream)"]}"#
        for client in clients { try await client.send(request) }
        for client in clients {
            // A reply, and a frame that is far longer: its text is not looked at a thousand times.
            var bytes = 0
            try await fixture.until {
                bytes += try await client.sentBytes()
                return bytes > 10_000
            }
        }
        #expect(dialect.snapshots == 1)
        let name = try StreamName(canonical: stream)
        #expect(fixture.hub.snapshots(of: name)?.made == 1)
        // The next position is another snapshot, and the last is let go.
        try await fixture.publish(.of(stream, 3, data: Self.change))
        for shard in 0..<4 {
            let late = try await fixture.client(shard: shard)
            try await late.send(request)
            #expect(try await late.awaitTold(2).last == "snapshot 3 @1")
        }
        #expect(dialect.snapshots == 2)
        // The sweep of many clients comes in parts.
        try await fixture.until {
            try await fixture.sweep()
            return fixture.hub.snapshots(of: name)?.count == 1
        }
    }

    /// Their snapshot comes when there is room; it is the one that the others had.
    @Test func whoHasNoRoomYetIsSentTheSameOne() async throws {
        let dialect = CountingDialect(ActionDialect())
        let fixture = EdgeFixture(dialects: DialectRegistry([dialect])) { $0.outbox.messages = 8 }
        try await fixture.publish(.trade(1), .depth(1, .snapshot))
        let request = #"{"action":"subscribe","streams":["depth.50.BTCUSDT"]}"#
        var full: [TestClient] = []
        for _ in 0..<3 {
            let client = try await fixture.client()
            try await client.send(#"{"action":"subscribe","streams":["trade.BTCUSDT"]}"#)
            _ = try await client.awaitTold()
            try await client.stopReading()
            full.append(client)
        }
        for sequence in 2...6 { try await fixture.publish(.trade(UInt64(sequence))) }
        for client in full { try await client.send(request) }
        let joiner = try await fixture.client()
        try await joiner.send(request)
        #expect(try await joiner.awaitTold(2).last == "snapshot 1 @1")
        for client in full {
            #expect(try await client.told().isEmpty)
            try await client.readOn()
            #expect(try await client.awaitTold(7).last == "snapshot 1 @1")
        }
        #expect(dialect.snapshots == 1)
    }
}

extension TestClient {
    /// How many bytes the server has sent since the last look.
    fileprivate func sentBytes() async throws -> Int {
        await loop.run()
        var bytes = 0
        while let buffer = try await channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytes }
        return bytes
    }
}
