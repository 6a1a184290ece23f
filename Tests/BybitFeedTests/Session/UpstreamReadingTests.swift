import FeedKit
import NIOCore
import Testing

@testable import BybitFeed

@Suite("A topic whose frames can't be used is subscribed anew, ever more rarely, and is no topic that is well")
struct UpstreamReadingTests {
    /// Passes ten minutes, and answers at once what is asked; gives the seconds in which a topic was unsubscribed.
    private func refreshes(_ talk: Conversation, everySecond: () -> [String]) -> [Int64] {
        let start = talk.now
        var seconds: [Int64] = []
        func answer(_ words: [String]) {
            var said = words
            while !said.isEmpty {
                let asked = said.filter { $0.hasPrefix("#") }
                if asked.contains(where: { $0.contains(" -") }) {
                    seconds.append((talk.now - start).nanoseconds / 1_000_000_000)
                }
                said = asked.flatMap { talk.answer(Int($0.dropFirst().prefix { $0 != " " }) ?? 0) }
            }
        }
        for _ in 0..<600 {
            answer(everySecond())
            answer(talk.pass(1))
        }
        return seconds
    }

    private func confirmed(steady: Bool = false, _ change: (inout UpstreamSettings) -> Void = { _ in }) -> Conversation
    {
        let talk = Conversation(change)
        _ = talk.connect()
        _ = talk.want("book", steady: steady)
        _ = talk.answer(1)
        return talk
    }

    @Test func aSnapshotThatDoesNotHelpIsAskedForEverMoreRarely() {
        let talk = confirmed()
        let seconds = refreshes(talk) { talk.refresh("book") }
        let waits = zip(seconds.dropFirst(), seconds).map { $0 - $1 }
        #expect(seconds.first == 0)
        #expect(waits.prefix(5) == [5, 10, 20, 40, 60] && waits.dropFirst(5).allSatisfy { $0 == 60 })
    }

    @Test func whatWasWellForAWhileIsAskedForAtOnceAgain() {
        let talk = confirmed()
        var second = 0
        let seconds = refreshes(talk) {
            second += 1
            return second % 100 == 1 ? talk.refresh("book") : []
        }
        #expect(seconds == [0, 100, 200, 300, 400, 500])
    }

    @Test func aSnapshotThatIsNeededIsAskedForAlsoWhereNothingElseIsAmiss() {
        let talk = confirmed()
        var second = 0
        let seconds = refreshes(talk) {
            second += 1
            return second <= 2 ? talk.refresh("book") : []
        }
        #expect(seconds == [0, 5], "the second one had to wait")
    }

    @Test func aSnapshotThatCameByItselfIsEnough() {
        let talk = confirmed()
        #expect(talk.refresh("book") == ["#2 -book"])
        #expect(talk.answer(2) == ["interrupted book", "#3 +book"])
        #expect(talk.answer(3) == ["confirmed book"])
        #expect(talk.refresh("book") == [])
        talk.session.tookSnapshot("book")
        #expect(talk.pass(15).isEmpty)
    }

    @Test func aReconnectBringsTheSnapshot() {
        let talk = confirmed()
        _ = talk.refresh("book")
        _ = talk.answer(2)
        _ = talk.answer(3)
        #expect(talk.refresh("book") == [])
        _ = talk.disconnect()
        #expect(talk.connect() == ["#4 +book"])
        #expect(talk.answer(4) == ["confirmed book"])
        #expect(talk.pass(15).isEmpty)
    }

    @Test func aTopicThatOnlySendsWhatCanNotBeUsedIsTold() {
        for isSteady in [true, false] {
            let talk = confirmed(steady: isSteady)
            for _ in 0..<59 {
                talk.session.heardUnusable("book", at: talk.now)
                #expect(talk.session.unreadable(at: talk.now).isEmpty)
                _ = talk.pass(1)
            }
            _ = talk.pass(1)
            #expect(talk.session.unreadable(at: talk.now) == ["book"])
            talk.unwant("book")
            #expect(talk.session.unreadable(at: talk.now) == [], "nobody wants it")
            _ = talk.want("book")
            #expect(talk.session.unreadable(at: talk.now) == ["book"])
            #expect(talk.hear("book"))
            #expect(talk.session.unreadable(at: talk.now) == [])
        }
    }

    @Test func oneBadFrameOfATopicThatSpeaksRarelySaysNothing() {
        let talk = confirmed()
        talk.session.heardUnusable("book", at: talk.now)
        _ = talk.pass(600)
        #expect(talk.session.unreadable(at: talk.now) == [])
    }

    @Test func whatCanNotBeUsedIsNoSignOfLifeOfATopicButOneOfTheConnection() {
        let talk = Conversation()
        _ = talk.want("a", "b", steady: true)
        _ = talk.connect()
        _ = talk.answer(1)
        var said: [String] = []
        for _ in 0..<60 {
            for name in ["a", "b"] { talk.session.heardUnusable(name, at: talk.now) }
            said += talk.pass(1).filter { $0 != "ping" }
        }
        #expect(said == ["#2 -a,b"], "subscribed anew, on the same connection")
        #expect(talk.session.unreadable(at: talk.now) == ["a", "b"])
    }
}
