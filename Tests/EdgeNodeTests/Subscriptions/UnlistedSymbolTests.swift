import BybitCatalog
import Core
import TestSupport
import Testing

@testable import EdgeNode

@Suite("A symbol that the exchange does not have", .timeLimit(.minutes(2)))
struct UnlistedSymbolTests {
    private let broker = HeldBroker()
    private let instruments: Instruments
    private let fixture: EdgeFixture
    private let list: InstrumentList

    init() throws {
        let time = HandClock()
        instruments = Instruments(patience: .seconds(3600)) { time.now }
        fixture = EdgeFixture(catalog: BybitCatalog(instruments: instruments), broker: broker)
        list = try #require(InstrumentList(["BTCUSDT", "ETHUSDT"]))
    }

    @Test func isRejectedInTheReplyAndWantedByNobody() async throws {
        instruments.hear(list)
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["ticker:BTCUSDT","ticker:BTCUSDX"]}"#)
        let text = try await client.awaitTexts().joined()
        #expect(text.contains(#""args":["ticker:BTCUSDT"]"#))
        #expect(
            text.contains(
                "Unknown symbol: BTCUSDX. The exchange has no such instrument; the nearest are BTCUSDT, ETHUSDT"
            )
        )
        #expect(broker.calls == ["+ticker.BTCUSDT"])
        #expect(fixture.hub.activeStreams == 1)
    }

    @Test func isRejectedInAResumeToo() async throws {
        instruments.hear(list)
        let client = try await fixture.client()
        try await client.send(#"{"op":"resume","positions":{"ticker:NOPE":{"epoch":1,"sequence":5}}}"#)
        #expect(try await client.awaitTexts().joined().contains("Unknown symbol: NOPE."))
        #expect(broker.calls.isEmpty)
    }

    @Test func isAskedForBeforeItIsRefusedAndANewListingIsHad() async throws {
        instruments.hear(list, age: .seconds(60))
        let client = try await fixture.client()
        try await client.send(#"{"op":"subscribe","args":["ticker:NEWUSDT","ticker:NOPE"]}"#)
        var questions = instruments.questions.makeAsyncIterator()
        _ = await questions.next()
        #expect(try await client.told().isEmpty)
        instruments.hear(try #require(InstrumentList(["BTCUSDT", "ETHUSDT", "NEWUSDT"])))
        #expect(try await client.awaitTold() == ["subscribe ticker:NEWUSDT -ticker:NOPE"])
        #expect(broker.calls == ["+ticker.NEWUSDT"])
    }

    @Test func goesToTheExchangeWhileNoListWasHad() async throws {
        let client = try await fixture.client()
        #expect(try await client.subscribe("ticker:NOPE") == ["subscribe ticker:NOPE"])
        #expect(broker.calls == ["+ticker.NOPE"])
    }

    @Test func whoHasItKeepsItAndCanGiveItUp() async throws {
        let client = try await fixture.client()
        try await client.subscribe("ticker:ETHUSDT")
        instruments.hear(try #require(InstrumentList(["BTCUSDT"])))
        #expect(try await client.subscribe("ticker:ETHUSDT") == ["subscribe ticker:ETHUSDT"])
        try await client.send(#"{"op":"unsubscribe","args":["ticker:ETHUSDT"]}"#)
        #expect(try await client.awaitTold() == ["unsubscribe ticker:ETHUSDT"])
    }
}
