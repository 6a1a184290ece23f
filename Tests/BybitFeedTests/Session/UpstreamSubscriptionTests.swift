import Testing

@testable import BybitFeed

@Suite("What is wanted is subscribed, whatever else stands in its request")
struct UpstreamSubscriptionTests {
    private let notFound = "error:handler not found,topic:"

    @Test func aTopicIsSubscribedOnceAndConfirmed() {
        let talk = Conversation()
        #expect(talk.connect() == [])
        #expect(talk.want("a") == ["#1 +a"])
        #expect(talk.want("a") == [])
        #expect(talk.session.confirmedCount == 0)
        #expect(talk.answer(1) == ["confirmed a"])
        #expect(talk.session.confirmedCount == 1)
        #expect(talk.want("a") == [])
        #expect(talk.answer(1) == [])
    }

    @Test func whatWasWantedBeforeTheConnectionIsSentInBatches() {
        let talk = Conversation {
            $0.topicsPerRequest = 3
            $0.requestsInFlight = 2
        }
        #expect(talk.want("a", "b", "c", "d", "e", "f", "g") == [])
        #expect(talk.connect() == ["#1 +a,b,c", "#2 +d,e,f"])
        #expect(talk.answer(2) == ["confirmed d", "confirmed e", "confirmed f", "#3 +g"])
        #expect(talk.answer(1) == ["confirmed a", "confirmed b", "confirmed c"])
        #expect(talk.answer(3) == ["confirmed g"])
        #expect(talk.session.confirmedCount == 7)
    }

    @Test func oneBadTopicOfABatchCostsOnlyItself() {
        let talk = Conversation()
        _ = talk.want("a", "bad", "c")
        #expect(talk.connect() == ["#1 +a,bad,c"])
        #expect(talk.answer(1, notFound + "bad") == ["refused bad", "#2 +a,c"])
        #expect(talk.answer(2) == ["confirmed a", "confirmed c"])
    }

    @Test func severalBadTopicsAreTakenOutOneByOne() {
        let talk = Conversation()
        _ = talk.want("x", "a", "y", "b")
        _ = talk.connect()
        #expect(talk.answer(1, notFound + "x") == ["refused x", "#2 +a,y,b"])
        #expect(talk.answer(2, "Invalid symbol :[y]") == ["refused y", "#3 +a,b"])
        #expect(talk.answer(3) == ["confirmed a", "confirmed b"])
    }

    @Test func anAlreadySubscribedTopicCountsAsConfirmed() {
        let talk = Conversation()
        _ = talk.want("a", "b")
        _ = talk.connect()
        #expect(talk.answer(1, "error:already subscribed,topic:a") == ["confirmed a", "#2 +b"])
        #expect(talk.answer(2, "error:already subscribed,topic:b") == ["confirmed b"])
    }

    @Test func aFailureThatNamesNothingIsHalvedUntilTheBadOneStandsAlone() {
        let talk = Conversation()
        _ = talk.want("a", "b", "c", "bad")
        _ = talk.connect()
        #expect(talk.answer(1, "args size >10") == ["#2 +a,b", "#3 +c,bad"])
        #expect(talk.answer(2) == ["confirmed a", "confirmed b"])
        #expect(talk.answer(3, notFound + "stranger") == ["#4 +c", "#5 +bad"])
        #expect(talk.answer(5, "oops") == [], "what is not known to be final is none")
        #expect(talk.answer(4) == ["confirmed c"])
        #expect(talk.pass(1) == ["#6 +bad"])
    }

    @Test func aRefusedTopicMayBeWantedAgain() {
        let talk = Conversation()
        _ = talk.connect()
        _ = talk.want("bad")
        #expect(talk.answer(1, notFound + "bad") == ["refused bad"])
        #expect(!talk.hear("bad"))
        #expect(talk.want("bad") == ["#2 +bad"])
    }

    @Test func aReconnectSubscribesAllThatIsWantedAndNothingElse() {
        let talk = Conversation { $0.topicsPerRequest = 2 }
        _ = talk.connect()
        _ = talk.want("a", "b", "gone", "bad", "waiting")
        _ = [talk.answer(1), talk.answer(2), talk.answer(3), talk.answer(4, notFound + "bad")]
        talk.unwant("gone")
        #expect(talk.disconnect() == ["dropped gone"])
        #expect(talk.session.confirmedCount == 0)
        #expect(talk.want("new") == [])
        #expect(talk.connect() == ["#6 +a,b", "#7 +waiting,new"])
        #expect(talk.answer(5) == [], "an answer of the old connection")
        #expect(talk.answer(6) == ["confirmed a", "confirmed b"])
    }

    @Test func dataMayComeBeforeTheAcknowledgementButNotOfAStranger() {
        let talk = Conversation()
        _ = talk.connect()
        _ = talk.want("a")
        #expect(talk.hear("a"))
        #expect(!talk.hear("b"))
    }
}
