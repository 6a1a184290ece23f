import Core
import Synchronization
import Testing

@Suite("A symbol that the exchange does not have is refused, once the exchange has been asked", .timeLimit(.minutes(1)))
struct InstrumentsTests {
    private final class Time: Sendable {
        private let now = Mutex(ContinuousClock.now)
        var instant: ContinuousClock.Instant { now.withLock { $0 } }
        func pass(_ duration: Duration) { now.withLock { $0 += duration } }
    }

    private let time = Time()
    private let instruments: Instruments
    private let list: InstrumentList
    private let longer: InstrumentList

    init() throws {
        let time = time
        instruments = Instruments(patience: .seconds(3600)) { time.instant }
        list = try #require(InstrumentList(["BTCUSDT", "ETHUSDT"]))
        longer = try #require(InstrumentList(["BTCUSDT", "ETHUSDT", "NEWUSDT"]))
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
        var questions = instruments.questions.makeAsyncIterator()
        _ = await questions.next()
        instruments.hear(longer)
        #expect(await new == nil)
        #expect(await none?.lifetime == .seconds(10))
    }

    @Test func anAnswerOfOldNewsIsOneToo() async {
        instruments.hear(list, age: .seconds(200))
        async let absence = instruments.absence(of: "NEWUSDT")
        var questions = instruments.questions.makeAsyncIterator()
        _ = await questions.next()
        // The exchange did not answer the leader.
        instruments.hear(list, age: .seconds(201))
        #expect(await absence != nil)
        time.pass(.seconds(9))
        #expect(
            await instruments.absence(of: "NEWUSDT")?.lifetime == .seconds(1),
            "within ten seconds nobody asks again"
        )
    }

    @Test func aLeaderThatSaysNothingIsWaitedForOnlySoLong() async {
        let time = time
        let instruments = Instruments(patience: .milliseconds(10)) { time.instant }
        instruments.hear(list, age: .seconds(60))
        #expect(await instruments.absence(of: "NEWUSDT") != nil)
        #expect(await instruments.absence(of: "BTCUSDT") == nil)
    }

    @Test func aListOfLongAgoRefusesNothing() async {
        instruments.hear(list, age: .seconds(3601))
        #expect(await instruments.absence(of: "NEWUSDT") == nil)
    }
}
