import NIOCore
import Testing

@testable import BybitFeed

@Suite("A connection that has died is noticed")
struct UpstreamLivenessTests {
    @Test func pingsEvery20Seconds() {
        let talk = Conversation()
        _ = talk.connect()
        #expect(talk.pass(19) == [])
        #expect(talk.pass(1) == ["ping"])
        #expect(talk.pass(19) == [])
        #expect(talk.pass(41) == ["ping", "ping", "ping"])
    }

    @Test func aMissingPongClosesAfterTenSeconds() {
        let talk = Conversation()
        _ = talk.connect()
        #expect(talk.pass(20, pongs: false) == ["ping"])
        #expect(talk.pass(9, pongs: false) == [])
        #expect(talk.pass(1, pongs: false) == ["close"])
        _ = talk.disconnect()
        #expect(talk.pass(100, pongs: false) == [], "nothing is said without a connection")
        #expect(talk.connect() == [])
        #expect(talk.pass(19, pongs: false) == [], "the old deadline is gone")
    }

    @Test func aPongDeadlineLongerThanThePingIntervalStillComes() {
        let talk = Conversation { $0.pongTimeout = .seconds(50) }
        _ = talk.connect()
        #expect(talk.pass(69, pongs: false) == ["ping", "ping", "ping"])
        #expect(talk.pass(1, pongs: false) == ["close"])
    }

    @Test func aMissingAcknowledgementCloses() {
        let talk = Conversation()
        _ = talk.connect()
        _ = talk.want("a")
        #expect(talk.pass(9) == [])
        #expect(talk.pass(1) == ["close"])
        _ = talk.disconnect()
        #expect(talk.connect() == ["#2 +a"])
        #expect(talk.answer(2) == ["confirmed a"])
        #expect(talk.pass(15) == [])
    }

    @Test func oneSteadyTopicThatFellSilentIsSubscribedAnew() {
        let talk = Conversation()
        _ = talk.want("a", "b", steady: true)
        _ = talk.connect()
        _ = talk.answer(1)
        #expect(talk.pass(59, hearing: ["a"]).filter { $0 != "ping" } == [])
        #expect(talk.pass(1, hearing: ["a"]).filter { $0 != "ping" } == ["#2 -b"])
        #expect(talk.answer(2) == ["interrupted b", "#3 +b"])
        #expect(talk.answer(3) == ["confirmed b"])
        #expect(talk.pass(119, hearing: ["a"]).filter { $0 != "ping" } == [], "asked ever more rarely")
        #expect(talk.pass(1, hearing: ["a"]).filter { $0 != "ping" } == ["#4 -b"])
    }

    @Test func aTopicThatMayBeSilentNeverGoesStale() {
        let talk = Conversation()
        _ = talk.want("trades")
        _ = talk.connect()
        _ = talk.answer(1)
        #expect(talk.pass(600).allSatisfy { $0 == "ping" })
    }

    @Test func whereAllSteadyTopicsAreSilentTheConnectionIsClosed() {
        let talk = Conversation()
        _ = talk.want("a", "b", steady: true)
        _ = talk.connect()
        _ = talk.answer(1)
        #expect(talk.pass(59).filter { $0 != "ping" } == [])
        #expect(talk.pass(1).filter { $0 != "ping" } == ["close"])
        #expect(talk.disconnect() == [])
        #expect(talk.connect() == ["#2 +a,b"])
    }

    @Test func aBookThatLostItsContinuityIsSubscribedAnew() {
        let talk = Conversation()
        _ = talk.connect()
        _ = talk.want("book", steady: true)
        #expect(talk.refresh("book") == [], "it is being subscribed already")
        _ = talk.answer(1)
        #expect(talk.refresh("book") == ["#2 -book"])
        #expect(talk.refresh("book") == [])
        #expect(talk.answer(2) == ["interrupted book", "#3 +book"])
        #expect(talk.answer(3) == ["confirmed book"])
        #expect(talk.refresh("stranger") == [])
    }
}
