import Testing

@testable import Ingestor

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

    @Test func whatIsWantedIsNeverPutOut() {
        let talk = full()
        #expect(talk.want("d") == ["refused d"])
        talk.unwant("a")
        #expect(talk.want("long") == ["refused long"], "one that leaves is not enough for it")
        #expect(talk.want("a").isEmpty, "and stays as it was")
    }

    @Test func wantedAgainWhileItIsBeingPutOutItComesBackWhenThereIsRoom() {
        let talk = full()
        talk.unwant("a")
        #expect(talk.want("d") == ["#4 -a", "#5 +d"])
        #expect(talk.want("a") == ["refused a"], "its room is taken")
        talk.unwant("c")
        #expect(talk.want("a") == ["#6 -c"])
        #expect(talk.answer(4) == ["interrupted a", "#7 +a"])
        #expect(talk.answer(6) == ["dropped c"])
        #expect(talk.answer(7) == ["confirmed a"])
    }

    @Test func whatWasNeverAskedForIsForgottenAtOnce() {
        let talk = Conversation {
            $0.charactersPerConnection = 4
            $0.topicsPerRequest = 1
        }
        #expect(talk.want("a").isEmpty)
        talk.unwant("a")
        #expect(talk.want("b") == ["dropped a"])
        #expect(talk.connect() == ["#1 +b"])
    }

    @Test func theRoomOfOneThatWasPutOutIsCountedOnce() {
        let talk = full()
        for name in ["a", "b", "c"] { talk.unwant(name) }
        _ = talk.want("d")
        _ = talk.disconnect()
        #expect(talk.session.characters == 4, "only d is left")
        #expect(talk.want("e").isEmpty)
        #expect(talk.want("f").isEmpty)
        #expect(talk.want("g") == ["refused g"])
    }
}
