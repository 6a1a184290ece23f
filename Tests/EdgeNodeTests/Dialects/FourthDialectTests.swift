import Core
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import EdgeNode

/// A dialect that only this target knows is served like the others: everything that its clients see is its own.
@Suite(.timeLimit(.minutes(10))) struct FourthDialectTests {
    private static let dialects = DialectRegistry([
        OpDialect(brand: "tidegate"), ActionDialect(), GuideDialect(), LineDialect(),
    ])

    private func fixture(_ change: (inout ConnectionSettings) -> Void = { _ in }) -> EdgeFixture {
        EdgeFixture(shards: 2, dialects: Self.dialects, settings: change)
    }

    private func joined(_ fixture: EdgeFixture, _ request: String...) async throws -> TestClient {
        let client = try await fixture.client(greeting: LineDialect.lines)
        #expect(try await client.awaitTexts() == ["HELLO"])
        for text in request { try await client.send(text) }
        return client
    }

    private func heard(_ client: TestClient, _ count: Int) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count { texts += try await client.awaitTexts() }
        return texts
    }

    @Test func subscribingGivesTheReplyThenTheStateThenWhatIsLive() async throws {
        let fixture = fixture()
        try await fixture.publish(.ticker(1))
        let client = try await joined(fixture, "SUB ticker.BTCUSDT nothing")
        #expect(try await heard(client, 2) == ["IN ticker.BTCUSDT -nothing", "STATE ticker.BTCUSDT 1"])
        try await fixture.publish(.ticker(2))
        #expect(try await heard(client, 1) == ["NEXT ticker.BTCUSDT 2"])
        try await client.send("OUT ticker.BTCUSDT")
        #expect(try await heard(client, 1) == ["OUT ticker.BTCUSDT"])
    }

    @Test func eachClientOfAStreamIsSentItInItsOwnDialect() async throws {
        let fixture = fixture()
        let lines = try await joined(fixture, "SUB trade.BTCUSDT")
        _ = try await heard(lines, 1)
        let op = try await fixture.client(shard: 1)
        try await op.subscribe("trade:BTCUSDT")
        try await fixture.publish(.trade(1))
        #expect(try await heard(lines, 1) == ["NEXT trade.BTCUSDT 1"])
        #expect(try await op.awaitTold() == ["update 1 @1"])
    }

    @Test func aGapIsToldInItsWords() async throws {
        let fixture = fixture()
        try await fixture.publish(.trade(1))
        let client = try await joined(fixture, "SUB trade.BTCUSDT")
        _ = try await heard(client, 1)
        try await fixture.publishLiveOnly(.trade(3))
        #expect(try await heard(client, 2) == ["MISSED trade.BTCUSDT 2 2 edge", "NEXT trade.BTCUSDT 3"])
    }

    @Test func whatWasMissedIsReplayedInItsFrames() async throws {
        let fixture = fixture()
        for sequence in 1...4 as ClosedRange<UInt64> { try await fixture.publish(.trade(sequence)) }
        let client = try await joined(fixture, "BACK trade.BTCUSDT 1 2")
        #expect(
            try await heard(client, 3) == ["BACK trade.BTCUSDT true", "NEXT trade.BTCUSDT 3", "NEXT trade.BTCUSDT 4"]
        )
    }

    @Test func aSlowClientIsLetGoWithItsCode() async throws {
        let fixture = fixture { $0.outbox.bytes = 3 }
        let client = try await joined(fixture, "SUB trade.BTCUSDT")
        _ = try await heard(client, 1)
        try await client.stopReading()
        try await fixture.publish(.trade(1), .trade(2))
        try await client.readOn()
        #expect(try await client.told().last?.hasPrefix("close 4100 ") == true)
    }

    @Test func anIdleClientIsLetGoWithItsCode() async throws {
        let fixture = fixture { $0.pingInterval = .hours(24) }
        let client = try await joined(fixture)
        try await fixture.sweep(seconds: 300)
        #expect(try await client.told() == ["close 4201 Idle timeout"])
    }

    @Test func aDrainSaysGoodbyeInItsWords() async throws {
        let fixture = fixture()
        let client = try await joined(fixture)
        let shard = fixture.ports[0].shard
        try await fixture.loops[0].executeInContext { shard.value.clients.drain(window: .seconds(10)) {} }
        #expect(try await client.frames() == [.text("LEAVE")])
        await fixture.advance(.seconds(8))
        #expect(try await client.told() == ["close 4200 Server going away"])
    }

    @Test func itAsksInItsWordsAndTakesItsAnswer() async throws {
        let fixture = fixture {
            $0.pingInterval = .seconds(20)
            $0.pingTimeout = .seconds(10)
        }
        let client = try await joined(fixture)
        for _ in 0..<2 {
            try await fixture.sweep(seconds: 20)
            #expect(try await client.frames() == [.text("STILL THERE?")])
            try await client.send("HERE")
        }
        try await fixture.sweep(seconds: 20)
        #expect(try await client.frames() == [.text("STILL THERE?")])
        try await fixture.sweep(seconds: 10)
        #expect(try await client.told() == ["close 4202 keepalive ping timeout"])
    }

    @Test func onItsPathNothingElseIsSpokenAndElsewhereNotThis() async throws {
        let fixture = fixture()
        let client = try await joined(fixture, #"{"op":"ping"}"#)
        #expect(try await heard(client, 1) == ["NO UNKNOWN_OP"])
        let other = try await fixture.client()
        try await other.send("PING")
        #expect(try await other.awaitTold() == ["error INVALID_JSON"])
    }

    @Test func itsPathIsItsOwnForUpgrades() {
        let paths = WebSocketPaths(dialects: Self.dialects, echo: nil)
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/lines", headers: ["Upgrade": "websocket"])
        #expect(paths.endpoint(for: head) == WebSocketPaths.Endpoint(greeting: LineDialect.lines))
        head.headers = [:]
        #expect(paths.endpoint(for: head) == nil)
    }

    @Test func itsTokenBringsItsStreamsBackInIt() async throws {
        let fixture = fixture()
        for sequence in 1...2 as ClosedRange<UInt64> { try await fixture.publish(.trade(sequence)) }
        let client = try await joined(fixture, "SUB trade.BTCUSDT")
        _ = try await heard(client, 1)
        let token = try #require(try await goodbyeToken(in: fixture))
        try await fixture.publish(.trade(3))
        let back = try await fixture.client(greeting: LineDialect.lines, shard: 1)
        #expect(try await back.awaitTexts() == ["HELLO"])
        try await back.send("BACK \(token)")
        #expect(try await heard(back, 2) == ["BACK trade.BTCUSDT true", "NEXT trade.BTCUSDT 3"])
        // Also on a connection that speaks another.
        let op = try await fixture.client()
        try await op.send(#"{"op":"resume","token":"\#(token)"}"#)
        let texts = try await heard(op, 2)
        #expect(texts.first?.hasPrefix(#"{"op":"resumed","#) == true)
        #expect(texts.last == "NEXT trade.BTCUSDT 3")
    }

    @Test func aNodeThatDoesNotSpeakItRefusesItsToken() async throws {
        let fixture = fixture()
        let client = try await joined(fixture, "SUB trade.BTCUSDT")
        _ = try await heard(client, 1)
        let token = try #require(try await goodbyeToken(in: fixture))
        let other = try await EdgeFixture().client()
        try await other.send(#"{"op":"resume","token":"\#(token)"}"#)
        #expect(try await other.awaitTold() == ["error INVALID_RESUME_TOKEN"])
    }

    /// That of the first shard's first client, as a goodbye would give it.
    private func goodbyeToken(in fixture: EdgeFixture) async throws -> String? {
        let shard = fixture.ports[0].shard
        return try await fixture.loops[0].executeInContext {
            shard.value.subscriptions.token(of: shard.value.clients.all[0])
        }
    }
}
