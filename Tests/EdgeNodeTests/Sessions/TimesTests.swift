import Core
import NIOCore
import Platform
import TestSupport
import Testing

@testable import EdgeNode

/// Who asks for times has them in each frame of data, however it came about.
@Suite(.timeLimit(.minutes(10))) struct TimesTests {
    private static let exchange: Int64 = 1_704_063_600_000_000

    private let fixture = EdgeFixture()

    /// Had by the ingestor so many microseconds after the exchange made it.
    private func timed(_ publication: Publication, after lag: Int64) -> Publication {
        var publication = publication
        publication.ingestTime = Self.exchange + lag
        return publication
    }

    private func client(_ request: String) async throws -> TestClient {
        let client = try await fixture.client()
        try await client.send(request)
        return client
    }

    private func texts(_ client: TestClient, _ count: Int) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count { texts += try await client.awaitTexts() }
        return texts
    }

    /// The times in a frame: the exchange's, and when the frame was made, are checked here.
    private func lag(in text: String, madeFrom start: Int64) throws -> Int64 {
        let times = try #require(ToldTimes(in: text), "\(text)")
        #expect(times.exchange == Self.exchange)
        #expect(times.sent >= start && times.sent <= WallClock.microseconds(), "\(text)")
        return times.ingest - times.exchange
    }

    @Test(arguments: [
        #"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":true}"#,
        #"{"times":true,"action":"subscribe","streams":["ticker.btc_usdt"]}"#,
    ])
    func theSnapshotHasThemAndWhatFollows(_ request: String) async throws {
        let start = WallClock.microseconds()
        try await fixture.publish(timed(.ticker(1), after: 7_250))
        let client = try await client(request)
        let first = try await texts(client, 2)
        #expect(!first[0].contains(#""times""#))
        #expect(try lag(in: first[1], madeFrom: start) == 7_250)
        try await fixture.publish(timed(.ticker(2), after: 5))
        let second = try await texts(client, 1)
        #expect(try lag(in: second[0], madeFrom: start) == 5)
    }

    @Test func theMergedStateOfABookHasThoseOfItsLastChange() async throws {
        let start = WallClock.microseconds()
        try await fixture.publish(timed(.depth(1, .snapshot), after: 1), timed(.depth(2), after: 2))
        let client = try await client(#"{"op":"subscribe","args":["depth:BTCUSDT"],"times":true}"#)
        let told = try await texts(client, 2)
        #expect(told[1].contains(#""type":"snapshot","seq":2"#))
        #expect(try lag(in: told[1], madeFrom: start) == 2)
    }

    @Test func whatStandsForSeveralHasThoseOfTheLast() async throws {
        let start = WallClock.microseconds()
        try await fixture.publish(.ticker(1))
        let client = try await client(
            #"{"op":"subscribe","args":[{"stream":"ticker:BTCUSDT","maxRate":2}],"times":true}"#
        )
        _ = try await texts(client, 2)
        try await fixture.publish(timed(.ticker(2), after: 2), timed(.ticker(3), after: 3))
        #expect(try await client.told().isEmpty)
        await fixture.advance(.milliseconds(510))
        let told = try await texts(client, 1)
        #expect(told[0].contains(#""seq":3,"first":2,"#))
        #expect(try lag(in: told[0], madeFrom: start) == 3)
    }

    @Test func behindAGapTheStateHasThemAndTheNoticeNone() async throws {
        let start = WallClock.microseconds()
        try await fixture.publish(.ticker(1))
        let client = try await client(#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":true}"#)
        _ = try await texts(client, 2)
        try await fixture.publish(.ticker(2, .gap(.upstream)), timed(.ticker(3), after: 3))
        let told = try await texts(client, 2)
        #expect(told.compactMap { ServerMessage($0)?.brief } == ["gap 2...2 upstream", "snapshot 3 @1"])
        #expect(!told[0].contains(#""times""#))
        #expect(try lag(in: told[1], madeFrom: start) == 3)
    }

    @Test func whatIsReplayedHasThem() async throws {
        let start = WallClock.microseconds()
        for number in 1...3 { try await fixture.publish(timed(.trade(UInt64(number)), after: Int64(number))) }
        let resume = #"{"op":"resume","positions":{"trade:BTCUSDT":{"epoch":1,"sequence":1}}"#
        let asking = try await client(resume + #","times":true}"#)
        let told = try await texts(asking, 3)
        #expect(try lag(in: told[1], madeFrom: start) == 2)
        #expect(try lag(in: told[2], madeFrom: start) == 3)
        let plain = try await texts(client(resume + "}"), 3)
        #expect(plain.allSatisfy { !$0.contains(#""times""#) })
    }

    @Test func askedForAgainWithThemOrWithoutItBeginsAnew() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await fixture.client()
        let anew = ["subscribe ticker:BTCUSDT", "snapshot 1 @1"]
        for (times, isAnew) in [("null", true), ("true", true), ("true", false), ("false", true), ("null", false)] {
            try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":\#(times)}"#)
            #expect(try await client.awaitTold() == (isAnew ? anew : [anew[0]]), "times: \(times)")
        }
        #expect(fixture.counters[0].subscriptions.get() == 1)
    }

    @Test func aTokenBringsThemBackUnlessTheRequestSaysOtherwise() async throws {
        try await fixture.publish(.trade(1))
        let first = try await client(#"{"op":"subscribe","args":["trade:BTCUSDT"],"times":true}"#)
        let told = try await texts(first, 1)
        var token = try #require(told[0].firstMatch(of: /"token":"([^"]+)"/)).1
        try await fixture.publish(.trade(2))
        for (more, hasTimes) in [("", true), ("", true), (#","times":true"#, true), (#","times":false"#, false)] {
            let back = try await client(#"{"op":"resume","token":"\#(token)"\#(more)}"#)
            let told = try await texts(back, 2)
            #expect(told.compactMap { ServerMessage($0)?.brief } == ["resumed trade.BTCUSDT 2...2", "update 2"])
            #expect((ToldTimes(in: told[1]) != nil) == hasTimes)
            // It stands for what is in front of the replay.
            token = try #require(told[0].firstMatch(of: /"resumeToken":"([^"]+)"/)).1
        }
        let last = try await client(#"{"op":"resume","token":"\#(token)"}"#)
        let without = try await texts(last, 2)
        #expect(!without[1].contains(#""times""#))
        // As with a token of a release that knows none.
        let again = try await client(#"{"op":"resume","token":"\#(token)","times":true}"#)
        #expect(ToldTimes(in: try await texts(again, 2)[1]) != nil)
    }

    @Test func whatIsNeitherTrueNorFalseIsRefused() async throws {
        let client = try await client(#"{"op":"subscribe","args":["ticker:BTCUSDT"],"times":1}"#)
        #expect(try await client.awaitTold() == ["error INVALID_ARGS"])
        #expect(fixture.counters[0].subscriptions.get() == 0)
    }

    @Test func theGuidesFramesAreAsEver() async throws {
        try await fixture.publish(.ticker(1))
        let client = try await client(#"{"type":"subscribe","exchange":"bybit","symbol":"BTCUSDT","times":true}"#)
        let told = try await texts(client, 3)
        #expect(told[2].hasPrefix(#"{"type":"market_update""#))
        #expect(!told[2].contains(#""times""#))
    }
}
