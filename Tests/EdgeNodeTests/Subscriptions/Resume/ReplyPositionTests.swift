import Core
import NIOCore
import NIOEmbedded
import Platform
import Stores
import Testing

@testable import EdgeNode

/// What a reply's token and `positions` stand for is in front of all that follows the reply: whoever comes back with them has
/// lost nothing, however early the link died.
@Suite(.timeLimit(.minutes(10))) struct ReplyPositionTests {
    enum Request: CaseIterable {
        case subscribe, recovered, notRecovered
    }

    enum Return: CaseIterable {
        case token, positions
    }

    struct Case: CustomTestStringConvertible {
        var stream: String
        var dialect: DialectID
        var request: Request
        var way: Return

        var testDescription: String { "\(stream) \(dialect) \(request) \(way)" }
    }

    static let cases: [Case] = [
        "ticker.BTCUSDT", "kline.1m.BTCUSDT", "depth.50.BTCUSDT", "depth.1.BTCUSDT", "trade.BTCUSDT",
    ]
    .flatMap { stream in
        [DialectID.op, .action].flatMap { dialect in
            Request.allCases.flatMap { request in
                Return.allCases.map { Case(stream: stream, dialect: dialect, request: request, way: $0) }
            }
        }
    }

    private let fixture = EdgeFixture(shards: 2)

    private func publish(_ stream: String, _ sequences: ClosedRange<UInt64>, epoch: UInt64 = 1) async throws {
        for sequence in sequences {
            let isSnapshot = sequence == 1 && stream != "trade.BTCUSDT"
            let data = #"{"symbol":"BTCUSDT","bids":[["\#(sequence)","1"]],"asks":[],"updateId":\#(sequence)}"#
            try await fixture.publish(.of(stream, sequence, epoch: epoch, isSnapshot ? .snapshot : .update, data: data))
        }
    }

    /// Asks, and hears of the reply and of nothing behind it.
    private func reply(to request: String, on client: TestClient) async throws -> TestReply {
        try await client.send(request)
        let reply = try TestReply(in: try await client.awaitTexts())
        try await client.disconnect()
        return reply
    }

    @Test(arguments: cases)
    func whoseLinkDiesBehindTheReplyLosesNothing(_ test: Case) async throws {
        let (stream, key) = (test.stream, test.dialect.key)
        try await publish(stream, 1...10)
        let list = test.dialect == .op ? "args" : "streams"
        let request =
            switch test.request {
            case .subscribe: #"{"\#(key)":"subscribe","\#(list)":["\#(stream)"]}"#
            case .recovered: #"{"\#(key)":"resume","positions":{"\#(stream)":{"epoch":1,"sequence":3}}}"#
            case .notRecovered: #"{"\#(key)":"resume","positions":{"\#(stream)":{"epoch":9,"sequence":3}}}"#
            }
        let reply = try await reply(to: request, on: fixture.client())
        try await publish(stream, 11...11)
        let again =
            switch test.way {
            case .token: #""token":"\#(try #require(reply.anyToken))""#
            case .positions: #""\#(list)":["\#(stream)"],"positions":\#(reply.positionsText)"#
            }
        let back = try await fixture.client(shard: 1)
        try await back.send(#"{"\#(key)":"resume",\#(again)}"#)
        let expected =
            switch (test.request, stream) {
            case (.recovered, _): ["resumed \(stream) 4...11"] + (4...11).map { "update \($0)" }
            case (_, "trade.BTCUSDT"): ["resumed \(stream) 11...11", "update 11"]
            default: ["resumed \(stream) not unknown", "snapshot 11 @1"]
            }
        #expect(try await back.awaitTold(expected.count) == expected)
        try await publish(stream, 12...12)
        #expect(try await back.awaitTold() == ["update 12"])
    }

    @Test func aClaimWithoutAnEpochStandsUnderThatOfItsEntry() async throws {
        try await publish("trade.BTCUSDT", 1...3)
        try await publish("trade.BTCUSDT", 4...5, epoch: 2)
        for (sequence, position) in [(2, Position(epoch: 1, sequence: 2)), (4, Position(epoch: 2, sequence: 4))] {
            let request = #"{"action":"resume","streams":["trade.BTCUSDT"],"lastSequence":\#(sequence)}"#
            let reply = try await reply(to: request, on: fixture.client())
            #expect(reply.positions == ["trade.BTCUSDT": position])
        }
    }

    @Test func aClaimThatIsGoodWithoutALogStandsUnderTheEpochOfTheStream() async throws {
        let reads = HeldHistory(Retention(idleExpiry: .milliseconds(10)))
        let fixture = EdgeFixture(reads: reads)
        try await fixture.publish(.trade(1, epoch: 4), .trade(2, epoch: 4))
        let stream = try StreamName(canonical: "trade.BTCUSDT")
        try await fixture.until { try await reads.read(stream, from: 0, limit: 1).oldest == nil }
        let request = #"{"action":"resume","streams":["trade.BTCUSDT"],"lastSequence":2}"#
        let reply = try await reply(to: request, on: fixture.client())
        #expect(reply.positions == ["trade.BTCUSDT": Position(epoch: 4, sequence: 2)])
    }

    @Test func aStreamThatGoesOnStandsAtWhatWasWritten() async throws {
        try await publish("ticker.BTCUSDT", 1...2)
        try await publish("kline.1m.BTCUSDT", 1...2)
        let client = try await fixture.client()
        let arguments = #"["ticker.BTCUSDT",{"stream":"kline.1m.BTCUSDT","maxRate":1}]"#
        try await client.send(#"{"op":"subscribe","args":\#(arguments)}"#)
        _ = try await client.awaitTold(3)
        try await publish("ticker.BTCUSDT", 3...4)
        try await publish("kline.1m.BTCUSDT", 3...4)
        // The candle is held back until its time has come.
        #expect(try await client.awaitTold(2) == ["update 3", "update 4"])
        let reply = try await reply(to: #"{"op":"subscribe","args":\#(arguments)}"#, on: client)
        let expected = [
            "ticker.BTCUSDT": Position(epoch: 1, sequence: 4), "kline.1m.BTCUSDT": Position(epoch: 1, sequence: 2),
        ]
        #expect(reply.positions == expected)
        #expect(try reply.tokenPositions == expected)
    }

    /// In another dialect or at another rate, in any of its spellings.
    @Test(
        arguments: [
            #"{"action":"subscribe","streams":["ticker.BTCUSDT"]}"#,
            #"{"op":"subscribe","args":[{"stream":"ticker.BTCUSDT","maxRate":5}]}"#,
            #"{"op":"subscribe","args":["ticker:BTCUSDT",{"stream":"ticker.BTCUSDT","maxRate":5}]}"#,
            #"{"op":"subscribe","args":[{"stream":"ticker.BTCUSDT","maxRate":5},"ticker:BTCUSDT"]}"#,
            #"{"op":"resume","args":["ticker:BTCUSDT"]}"#,
        ]
    )
    func aStreamThatBeginsAnewStandsNowhere(_ request: String) async throws {
        try await publish("ticker.BTCUSDT", 1...2)
        let client = try await fixture.client()
        try await client.subscribe("ticker.BTCUSDT")
        let reply = try await reply(to: request, on: client)
        #expect(reply.positions == [:])
        #expect(try reply.tokenPositions == [:])
    }

    @Test(arguments: ["ticker.BTCUSDT", "kline.1m.BTCUSDT", "depth.50.BTCUSDT"])
    func aStateThatIsStillToComeStandsNowhereUntilThen(_ stream: String) async throws {
        // All that there is of it is a gap.
        try await fixture.publish(.of(stream, 1, .gap(.upstream)), .trade(1))
        let client = try await fixture.client()
        #expect(try await client.subscribe(stream) == ["subscribe \(stream)"])
        // The token lists what is subscribed already, too.
        try await client.send(#"{"op":"subscribe","args":["trade:BTCUSDT"]}"#)
        let before = try TestReply(in: try await client.awaitTexts())
        #expect(try before.tokenPositions == ["trade.BTCUSDT": Position(epoch: 1, sequence: 1)])
        let book = #"{"symbol":"BTCUSDT","bids":[],"asks":[],"updateId":1}"#
        try await fixture.publish(.of(stream, 2, .snapshot, data: book))
        #expect(try await client.awaitTold() == ["snapshot 2 @1"])
        let after = try await reply(to: #"{"op":"subscribe","args":["trade:BTCUSDT"]}"#, on: client)
        #expect(
            try after.tokenPositions == [
                stream: Position(epoch: 1, sequence: 2), "trade.BTCUSDT": Position(epoch: 1, sequence: 1),
            ]
        )
    }

    /// Its changes are held back from everybody, and whoever came back from there would get them.
    @Test func aBookThatIsVoidStandsNowhere() async throws {
        try await fixture.publish(.depth(1, .snapshot))
        let client = try await fixture.client()
        try await client.subscribe("depth:BTCUSDT")
        try await fixture.publishLiveOnly(.depth(4))
        #expect(try await client.awaitTold() == ["gap 2...4 edge"])
        try await fixture.publishLiveOnly(.depth(5))
        let port = fixture.ports[0]
        try await fixture.loops[0].executeInContext { port.shard.value.clients.drain(window: .seconds(1)) {} }
        let goodbye = try TestReply(in: try await client.awaitTexts())
        #expect(try goodbye.tokenPositions == [:])
    }

    @Test func aClientThatTakesNothingYetStandsNowhere() async throws {
        let fixture = EdgeFixture { $0.outbox.messages = 4 }
        try await fixture.publish(.ticker(1), .trade(1))
        let client = try await fixture.client()
        try await client.subscribe("trade:BTCUSDT")
        try await client.stopReading()
        try await fixture.publish(.trade(2), .trade(3))
        // The ticker's state has no room any more.
        try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
        try await fixture.until { fixture.counters[0].subscriptions.get() == 2 }
        let port = fixture.ports[0]
        let token = try await fixture.loops[0].executeInContext {
            port.shard.value.subscriptions.token(of: port.shard.value.clients.all[0])
        }
        #expect(try TestReply.positions(in: token) == ["trade.BTCUSDT": Position(epoch: 1, sequence: 3)])
        try await client.readOn()
        let texts = try await client.texts()
        let reply = try TestReply(in: texts.filter { $0.contains("subscribe") })
        #expect(reply.positions == [:])
        #expect(try reply.tokenPositions == ["trade.BTCUSDT": Position(epoch: 1, sequence: 3)])
    }
}
