import Core
import NIOCore
import NIOEmbedded
import Platform
import Testing

@testable import EdgeNode

/// What a client that stops reading gets when it reads on: as much as waits for it, in the order of the ladder.
@Suite struct LadderTests {
    private static let filler = String(repeating: "x", count: 300)

    private func stopped(_ fixture: EdgeFixture, _ argument: String) async throws -> TestClient {
        let client = try await fixture.client()
        try await client.subscribe(argument)
        try await client.stopReading()
        return client
    }

    private func publish(_ stream: String, _ sequences: ClosedRange<UInt64>, to fixture: EdgeFixture) async throws {
        for sequence in sequences {
            try await fixture.publish(.of(stream, sequence, data: #"{"price":"\#(Self.filler)"}"#))
        }
    }

    @Test func aTickerWaitsUpToAQuarterAndIsConflatedBehindIt() async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 8000 }
        try await fixture.publish(.ticker(1))
        let client = try await stopped(fixture, "ticker:BTCUSDT")
        try await publish("ticker.BTCUSDT", 2...20, to: fixture)
        #expect(try await client.told().isEmpty)
        try await client.readOn()
        let told = try await client.told()
        // 2000 bytes are five frames of 400.
        #expect(told == ["update 2", "update 3", "update 4", "update 5", "update 6", "update 7...20 @1"])
    }

    @Test func whatIsOldIsNotAddedTo() async throws {
        let fixture = EdgeFixture()
        try await fixture.publish(.ticker(1), .depth(1, .snapshot))
        let ticker = try await stopped(fixture, "ticker:BTCUSDT")
        let book = try await stopped(fixture, "depth:BTCUSDT")
        try await fixture.publish(.ticker(2), .depth(2))
        await fixture.advance(.milliseconds(190))
        try await fixture.publish(.ticker(3), .depth(3))
        await fixture.advance(.milliseconds(10))
        try await fixture.publish(.ticker(4), .depth(4))
        try await fixture.publish(.ticker(5))
        await fixture.advance(.milliseconds(800))
        try await fixture.publish(.depth(5))
        for client in [ticker, book] { #expect(try await client.told().isEmpty) }
        for client in [ticker, book] { try await client.readOn() }
        #expect(try await ticker.told() == ["update 2", "update 3", "update 4...5 @1"])
        #expect(try await book.told() == ["update 2", "update 3", "update 4", "snapshot 5...5 @1"])
    }

    @Test func whatIsOwedForTheLongestComesFirst() async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 3 }
        let streams = ["ticker.AUSDT", "ticker.BUSDT", "ticker.CUSDT"]
        for stream in streams { try await fixture.publish(.of(stream, 1)) }
        let client = try await fixture.client()
        try await client.subscribe("ticker:AUSDT", "ticker:BUSDT", "ticker:CUSDT")
        try await client.stopReading()
        for (index, sequence) in [(2, 2), (0, 2), (1, 2), (2, 3), (0, 3)] as [(Int, UInt64)] {
            try await fixture.publish(.of(streams[index], sequence))
        }
        try await client.readOn()
        let texts = try await client.texts()
        #expect(texts.map { text in streams.firstIndex { text.contains($0) } } == [2, 0, 1])
    }

    /// In an epoch that began within what was held back.
    @Test func aConflatedFrameIsAPositionThatAResumeGoesOnFromExactly() async throws {
        let fixture = EdgeFixture { $0.outbox.messages = 4 }
        try await fixture.publish(.ticker(1))
        let client = try await stopped(fixture, "ticker:BTCUSDT")
        try await fixture.publish(.ticker(2), .ticker(3))
        try await fixture.publish(.ticker(4, epoch: 2))
        try await client.readOn()
        #expect(try await client.told() == ["update 2", "update 3...4 @2"])
        try await client.disconnect()
        try await fixture.publish(.ticker(5, epoch: 2), .ticker(6, epoch: 2))
        let again = try await fixture.client()
        try await again.send(#"{"op":"resume","positions":{"ticker:BTCUSDT":{"epoch":2,"sequence":4}}}"#)
        #expect(try await again.awaitTold(3) == ["resumed ticker:BTCUSDT 5...6", "update 5", "update 6"])
    }

    @Test func whatIsOwedIsPaidAlsoWhereMuchIsAboutToBeSent() async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 2000 }
        try await fixture.publish(.ticker(1))
        let client = try await stopped(fixture, "ticker:BTCUSDT")
        try await publish("ticker.BTCUSDT", 2...5, to: fixture)
        // Written in a turn that has not come to sending it yet.
        let reply = WebSocketFrame.text(ByteBuffer(string: #"{"type":"reply","text":"\#(Self.filler)"}"#))
        try await fixture.loops[0].executeInContext {
            fixture.ports[0].shard.value.clients.all[0].outbox.write(reply)
        }
        try await client.readOn()
        #expect(try await client.texts().contains { $0.contains(#""seq":5"#) })
    }

    @Test func aBoundInMessagesCountsToo() async throws {
        let fixture = EdgeFixture { $0.outbox.messages = 8 }
        try await fixture.publish(.ticker(1))
        let client = try await stopped(fixture, "ticker:BTCUSDT")
        try await publish("ticker.BTCUSDT", 2...20, to: fixture)
        #expect(try await client.told().isEmpty)
        try await client.readOn()
        #expect(try await client.told() == ["update 2", "update 3", "update 4...20 @1"])
    }

    @Test func tradesWaitUpToTheBoundAndThenItIs4008AndWhatWaitedIsNotSent() async throws {
        let fixture = EdgeFixture { $0.outbox.bytes = 8000 }
        let client = try await stopped(fixture, "trade:BTCUSDT")
        try await publish("trade.BTCUSDT", 1...15, to: fixture)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 0)
        try await publish("trade.BTCUSDT", 16...40, to: fixture)
        #expect(try await client.told().isEmpty)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 1)
        try await client.readOn()
        #expect(try await client.told().map { $0.prefix(10) } == ["close 4008"])
        #expect(fixture.counters[0].backlogBytes.get() == 0)
    }

    @Test func aboveTheNodesBoundTheFurthestBehindGoesFirst() async throws {
        let fixture = EdgeFixture { $0.outbox.nodeBytes = 8000 }
        let further = try await stopped(fixture, "trade:BTCUSDT")
        try await publish("trade.BTCUSDT", 1...10, to: fixture)
        let nearer = try await stopped(fixture, "trade:BTCUSDT")
        try await publish("trade.BTCUSDT", 11...13, to: fixture)
        #expect(try await nearer.told().isEmpty)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 0)
        try await publish("trade.BTCUSDT", 14...16, to: fixture)
        #expect(try await nearer.told().isEmpty)
        #expect(fixture.counters[0].slowConsumersClosed.get() == 1)
        try await further.readOn()
        #expect(try await further.told().map { $0.prefix(10) } == ["close 4008"])
        try await nearer.readOn()
        #expect(try await nearer.told() == (11...16).map { "update \($0)" })
    }

    @Test func theBytesThatWaitAreCountedAndGoWithTheirClient() async throws {
        let fixture = EdgeFixture()
        let client = try await stopped(fixture, "trade:BTCUSDT")
        try await publish("trade.BTCUSDT", 1...5, to: fixture)
        #expect(try await client.told().isEmpty)
        #expect(fixture.counters[0].backlogBytes.get() > 5 * 300)
        try await client.disconnect()
        await fixture.loops[0].run()
        #expect(fixture.counters[0].backlogBytes.get() == 0)
    }
}
