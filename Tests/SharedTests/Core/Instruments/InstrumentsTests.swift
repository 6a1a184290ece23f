import Core
import TestSupport
import Testing

@Suite("A symbol that the exchange does not have is refused, once the exchange has been asked", .timeLimit(.minutes(5)))
struct InstrumentsTests {
    private let time = HandClock()
    private let instruments: Instruments
    private let list: InstrumentList
    private let longer: InstrumentList

    init() throws {
        let time = time
        instruments = Instruments(patience: .seconds(3600)) { time.now }
        list = try #require(InstrumentList(["BTCUSDT", "ETHUSDT"]))
        longer = try #require(InstrumentList(["BTCUSDT", "ETHUSDT", "NEWUSDT"]))
    }

    /// Waits for a question.
    private func isAsked() async {
        var questions = instruments.questions.makeAsyncIterator()
        _ = await questions.next()
    }

    @Test func nothingIsRefusedBeforeAListWasHad() async {
        #expect(await instruments.absence(of: "NOPE") == nil)
    }

    @Test func aListThatWasJustHeardIsBelieved() async throws {
        instruments.hear(list)
        time.pass(.seconds(4))
        let absence = try #require(await instruments.absence(of: "BTCUSD"))
        #expect(
            absence.reason
                == "Unknown symbol: BTCUSD. The exchange has no such instrument; the nearest are BTCUSDT, ETHUSDT"
        )
        #expect(absence.lifetime == .seconds(6))
        #expect(await instruments.absence(of: "BTCUSD") == absence, "what was found is remembered")
        #expect(await instruments.absence(of: "BTCUSDT") == nil)
    }

    @Test func whereNoneIsNearNoneIsNamed() async throws {
        instruments.hear(list)
        let absence = try #require(await instruments.absence(of: "QQQQQQQQQQ"))
        #expect(absence.reason == "Unknown symbol: QQQQQQQQQQ. The exchange has no such instrument")
    }

    @Test func ofAnOlderListAllWaitForOneQuestionAndANewListingIsHad() async {
        instruments.hear(list)
        time.pass(.seconds(11))
        #expect(await instruments.absence(of: "BTCUSDT") == nil, "nobody asks for what is known")
        async let new = instruments.absence(of: "NEWUSDT")
        async let none = instruments.absence(of: "NOPEUSDT")
        await isAsked()
        instruments.hear(longer)
        #expect(await new == nil)
        #expect(await none?.lifetime == .seconds(10))
    }

    @Test func aNewListNamesItsOwnAsTheNearest() async {
        instruments.hear(list)
        #expect(await instruments.absence(of: "NEWUSD")?.reason.contains("NEWUSDT") == false)
        time.pass(.seconds(1))
        instruments.hear(longer)
        #expect(await instruments.absence(of: "NEWUSD")?.reason.contains("the nearest are NEWUSDT") == true)
    }

    /// The leader asked within the ten seconds before, and asks no more often.
    @Test func anAnswerOfShortlyBeforeTheQuestionIsOneToo() async {
        instruments.hear(list, age: .seconds(200))
        async let absence = instruments.absence(of: "NEWUSDT")
        await isAsked()
        instruments.hear(list, age: .seconds(9))
        #expect(await absence?.lifetime == .seconds(1))
    }

    /// Another node has missed the list, or the exchange did not answer the leader.
    @Test func aListOfMinutesAgoAnswersNoQuestion() async {
        instruments.hear(list, age: .seconds(200))
        async let absence = instruments.absence(of: "NEWUSDT")
        await isAsked()
        instruments.hear(list, age: .seconds(201))
        instruments.hear(list, age: .milliseconds(10_001))
        // Long enough for an answer, were one of these one.
        for _ in 0..<100 { await Task.yield() }
        instruments.hear(longer)
        #expect(await absence == nil, "the exchange's own answer was waited for")
    }

    @Test func nothingIsRefusedWhereTheQuestionIsNotAnswered() async {
        let time = time
        let instruments = Instruments(patience: .milliseconds(10)) { time.now }
        instruments.hear(list, age: .seconds(60))
        #expect(await instruments.absence(of: "NEWUSDT") == nil)
        instruments.hear(list, age: .seconds(60))
        #expect(await instruments.absence(of: "NEWUSDT") == nil, "the leader has the list of before only")
    }

    @Test func whereNobodyAnswersNobodyAsksAgainForTenSeconds() async {
        let time = time
        let instruments = Instruments(patience: .milliseconds(10)) { time.now }
        instruments.hear(list, age: .seconds(60))
        _ = await instruments.absence(of: "NEWUSDT")
        var questions = instruments.questions.makeAsyncIterator()
        _ = await questions.next()
        time.pass(.seconds(10))
        #expect(await instruments.absence(of: "NEWUSDT") == nil)
        time.pass(.milliseconds(1))
        async let absence = instruments.absence(of: "NEWUSDT")
        _ = await questions.next()
        _ = await absence
        // Too late for who has asked, but not for the next.
        instruments.hear(list)
        #expect(await instruments.absence(of: "NEWUSDT")?.lifetime == .seconds(10))
    }

    @Test func aLateListIsIgnoredUnlessTheLeaderSaysThatItIsTheOne() {
        instruments.hear(longer, age: .seconds(5))
        instruments.hear(list, age: .seconds(6))
        #expect(instruments.list == longer)
        instruments.hear(list, age: .seconds(6), isCurrent: true)
        #expect(instruments.list == list)
        instruments.hear(longer, age: .seconds(4))
        #expect(instruments.list == longer)
    }
}
