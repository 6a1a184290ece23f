import FeedKit
import Testing

@testable import BybitFeed

@Suite("A full connection makes room out of what nobody wants")
struct UpstreamRoomTests {
    /// Three topics of one letter fit, each with its quotes and comma.
    private func full() -> Conversation {
        let talk = Conversation {
            $0.charactersPerConnection = 12
            $0.topicsPerRequest = 1
        }
        _ = talk.connect()
        _ = talk.want("a", "b", "c")
        for request in 1...3 { _ = talk.answer(request) }
        return talk
    }

    @Test func theLongestUnwantedGoesFirstAndBeforeTheNewOneIsAskedFor() {
        let talk = full()
        talk.unwant("b")
        _ = talk.pass(1)
        talk.unwant("a")
        #expect(talk.want("d") == ["#4 -b", "#5 +d"])
        #expect(talk.answer(4) == ["dropped b"])
        #expect(talk.answer(5) == ["confirmed d"])
        #expect(talk.want("e") == ["#6 -a", "#7 +e"])
    }

    @Test func whatIsWantedIsNeverPutOutAndWhatFindsNoRoomWaitsForIt() {
        let talk = full()
        #expect(talk.want("d") == [])
        #expect(talk.session.report.notices == ["the connection to the exchange is full: 1 topics wait for room"])
        #expect(talk.pass(19) == [], "however long that takes")
        #expect(talk.unwant("a") == ["#4 -a", "#5 +d"])
        #expect(talk.session.report == FeedReport())
        #expect(talk.answer(4) == ["dropped a"])
        #expect(talk.answer(5) == ["confirmed d"])
    }

    @Test func oneThatLeavesMayNotBeEnough() {
        let talk = full()
        #expect(talk.want("long") == [])
        #expect(talk.unwant("a") == [])
        #expect(talk.want("a") == [], "it stays as it was")
        talk.unwant("a")
        #expect(talk.unwant("b") == ["#4 -a", "#5 -b", "#6 +long"])
    }

    @Test func wantedAgainWhileItIsBeingPutOutItComesBackWhenThereIsRoom() {
        let talk = full()
        talk.unwant("a")
        #expect(talk.want("d") == ["#4 -a", "#5 +d"])
        #expect(talk.want("a") == [], "its room is taken")
        #expect(talk.answer(4) == ["interrupted a"])
        #expect(talk.unwant("c") == ["#6 -c", "#7 +a"])
        #expect(talk.answer(6) == ["dropped c"])
        #expect(talk.answer(7) == ["confirmed a"])
    }

    @Test func whatWasNeverAskedForTakesNoRoomAndIsForgottenAtOnce() {
        let talk = Conversation {
            $0.charactersPerConnection = 4
            $0.topicsPerRequest = 1
        }
        #expect(talk.want("a").isEmpty)
        #expect(talk.unwant("a") == ["dropped a"])
        #expect(talk.want("b") == [])
        #expect(talk.connect() == ["#1 +b"])
    }

    @Test func theRoomOfOneThatWasPutOutIsCountedOnce() {
        let talk = full()
        for name in ["a", "b", "c"] { talk.unwant(name) }
        _ = talk.want("d")
        _ = talk.disconnect()
        #expect(talk.session.room.characters == 0)
        #expect(talk.want("e", "f", "g").isEmpty)
        #expect(talk.connect() == ["#6 +d", "#7 +e", "#8 +f"])
        #expect(talk.session.room.characters == 12)
    }

    @Test func aRefusedTopicLeavesItsRoomToTheNext() {
        let talk = Conversation {
            $0.charactersPerConnection = 8
            $0.topicsPerRequest = 1
        }
        _ = talk.connect()
        #expect(talk.want("a", "b", "c") == ["#1 +a", "#2 +b"])
        #expect(talk.answer(1, "error:handler not found,topic:a") == ["refused a", "#3 +c"])
    }

    /// 488 names of 32 letters fill a connection: what the exchange has never confirmed must not.
    @Test func whatTheExchangeNeverConfirmedHasABoundOfItsOwn() {
        let talk = Conversation {
            $0.charactersPerConnection = 100
            $0.unconfirmedCharacters = 8
            $0.topicsPerRequest = 1
        }
        _ = talk.connect()
        #expect(talk.want("a", "b", "c", "d") == ["#1 +a", "#2 +b"])
        #expect(talk.answer(1) == ["confirmed a", "#3 +c"])
        #expect(talk.session.room.unconfirmed == 8)
        _ = talk.disconnect()
        #expect(talk.connect() == ["#4 +a", "#5 +b", "#6 +c"], "what it was serving is not counted there")
    }

    @Test func aTopicThatIsLongerThanThatBoundIsAskedForAlone() {
        let talk = Conversation { $0.unconfirmedCharacters = 4 }
        _ = talk.connect()
        #expect(talk.want("long", "a") == ["#1 +long"])
        #expect(talk.answer(1) == ["confirmed long", "#2 +a"])
    }

    @Test func theConnectionHoldsWhatTheExchangeAllows() {
        let talk = Conversation()
        _ = talk.connect()
        // Each takes its length and three more; 21,000 hold 210 of 97.
        let names = (0..<212).map { String("00\($0)".suffix(3)) + String(repeating: "x", count: 94) }
        _ = talk.exchange(names.flatMap { talk.want($0) }, failing: nil, seconds: 0)
        #expect(talk.session.confirmedCount == 210)
        #expect(talk.session.room.characters == 21_000)
        #expect(talk.session.waiting.count == 2)
    }
}
