import Testing

@testable import BybitFeed

@Suite("A topic that nobody wants lingers, and then goes")
struct UpstreamLingerTests {
    private func confirmed() -> Conversation {
        let talk = Conversation()
        _ = talk.connect()
        _ = talk.want("a")
        _ = talk.answer(1)
        return talk
    }

    private func quiet(_ said: [String]) -> [String] { said.filter { $0 != "ping" } }

    @Test func afterTheLingerItIsUnsubscribedAndDropped() {
        let talk = confirmed()
        talk.unwant("a")
        #expect(quiet(talk.pass(29)) == [])
        talk.unwant("a")
        #expect(quiet(talk.pass(1)) == ["#2 -a"])
        #expect(talk.hear("a"))
        #expect(talk.answer(2) == ["dropped a"])
        #expect(!talk.hear("a"))
        #expect(quiet(talk.pass(60)) == [])
    }

    @Test func wantedAgainWithinTheLingerItStays() {
        let talk = confirmed()
        talk.unwant("a")
        _ = talk.pass(20)
        #expect(talk.want("a") == [])
        #expect(quiet(talk.pass(60)) == [])
        talk.unwant("a")
        #expect(quiet(talk.pass(29)) == [], "the linger starts anew")
        #expect(quiet(talk.pass(1)) == ["#2 -a"])
    }

    @Test func wantedAgainWhileItIsUnsubscribedItIsSubscribedAnewAndSaysThatSomethingMayBeMissing() {
        let talk = confirmed()
        talk.unwant("a")
        #expect(quiet(talk.pass(30)) == ["#2 -a"])
        #expect(talk.want("a") == [])
        #expect(talk.answer(2) == ["interrupted a", "#3 +a"])
        #expect(talk.answer(3) == ["confirmed a"])
    }

    @Test func wantedAndUnwantedWhileItIsUnsubscribedItIsDropped() {
        let talk = confirmed()
        talk.unwant("a")
        _ = talk.pass(30)
        _ = talk.want("a")
        talk.unwant("a")
        #expect(talk.answer(2) == ["dropped a"])
    }

    @Test func unwantedWhileItWaitsItIsNeverSubscribed() {
        let talk = Conversation()
        _ = talk.want("a", "b")
        #expect(talk.unwant("a") == ["dropped a"])
        #expect(talk.connect() == ["#1 +b"])
    }

    @Test func unwantedWhileItIsSubscribedTheLingerCountsFromThen() {
        let talk = Conversation()
        _ = talk.connect()
        _ = talk.want("a")
        talk.unwant("a")
        _ = talk.pass(5)
        #expect(talk.answer(1) == ["confirmed a"])
        #expect(quiet(talk.pass(24)) == [])
        #expect(quiet(talk.pass(1)) == ["#2 -a"])
    }

    @Test func unwantingAStrangerIsNothing() {
        let talk = Conversation()
        talk.unwant("x")
        #expect(talk.connect() == [])
    }

    @Test func manyAreUnsubscribedInBatches() {
        let talk = Conversation { $0.topicsPerRequest = 2 }
        _ = talk.want("a", "b", "c")
        _ = talk.connect()
        _ = [talk.answer(1), talk.answer(2)]
        for name in ["a", "b", "c"] { talk.unwant(name) }
        #expect(quiet(talk.pass(30)) == ["#3 -a,b", "#4 -c"])
    }
}
