import FeedKit
import NIOCore
import Testing

@testable import BybitFeed

@Suite("Only what the exchange means for good ends a subscription; the rest is tried again, ever more rarely")
struct UpstreamRetryTests {
    private func quiet(_ said: [String]) -> [String] { said.filter { $0 != "ping" } }

    @Test(arguments: ["error:handler not found,topic:a", "Invalid symbol :[a]", "Invalid kline type :[a]"])
    func theseWordsAreFinal(words: String) {
        let talk = Conversation()
        _ = talk.connect()
        #expect(talk.want("a") == ["#1 +a"])
        #expect(talk.answer(1, words) == ["refused a"])
        #expect(quiet(talk.pass(100)) == [])
    }

    @Test(arguments: [
        "", "error:system busy", "oops", "too many requests", "args size >10", "error:handler not found",
        "error:handler not found,topic:b", "error:handler not found,topic:A", "error:request limit,topic:a",
        "Too many visits :[a]", "service unavailable, error:handler not found,topic:a", "error:invalid op",
    ])
    func allOthersAreNot(words: String) {
        let talk = Conversation()
        _ = talk.connect()
        #expect(talk.want("a") == ["#1 +a"])
        #expect(talk.answer(1, words) == [])
        #expect(talk.hear("a"), "it is still wanted")
        #expect(talk.pass(1) == ["#2 +a"])
        #expect(talk.answer(2, words) == [])
        #expect(talk.pass(2) == ["#3 +a"])
        #expect(talk.answer(3) == ["confirmed a"])
    }

    /// Nine topics, and for three seconds after a reconnect an error that names none.
    @Test func aRefusalOfAllThatPassesEndsNone() {
        let talk = Conversation()
        _ = talk.connect()
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
        for (index, name) in names.enumerated() {
            _ = talk.want(name)
            _ = talk.answer(index + 1)
        }
        _ = talk.disconnect()
        let outage = talk.exchange(talk.connect(), failing: "error:system busy", seconds: 3)
        #expect(!outage.contains { $0.hasPrefix("refused") })
        #expect(outage.count { $0.contains("+") } < 10, "the exchange is left in peace")
        let problem = talk.session.report.problems.first ?? ""
        #expect(problem.contains("refuses all subscriptions") && problem.contains("\"error:system busy\""))
        let after = talk.exchange([], failing: nil, seconds: 6)
        #expect(Set(after.filter { $0.hasPrefix("confirmed") }) == Set(names.map { "confirmed \($0)" }))
        #expect(talk.session.report == FeedReport())
    }

    @Test func aLongOutageOfManyTopicsCostsFewRequestsAndIsOverSoon() {
        let talk = Conversation()
        for number in 0..<500 { _ = talk.want("t\(number)") }
        let outage = talk.exchange(talk.connect(), failing: "too many requests", seconds: 60)
        #expect(outage.count { $0.contains("+") } < 40)
        #expect(!outage.contains { $0.hasPrefix("refused") })
        _ = talk.exchange([], failing: nil, seconds: 6)
        #expect(talk.session.confirmedCount == 500)
    }

    @Test func aTopicThatFailsAloneIsAskedForEverMoreRarely() {
        let talk = Conversation()
        _ = talk.connect()
        _ = talk.want("poison")
        var times: [Int64] = []
        var requests = talk.answer(1, "oops")
        for second in 1...200 as ClosedRange<Int64> {
            requests = quiet(talk.pass(1))
            // Something else goes well: it is no fault of the exchange.
            if second % 10 == 0 { _ = talk.exchange(talk.want("good\(second)"), failing: nil, seconds: 0) }
            for case let request in requests where request.hasSuffix("+poison") {
                times.append(second)
                _ = talk.answer(request, "oops")
            }
        }
        #expect(times == [1, 3, 7, 15, 31, 63, 123, 183])
    }

    @Test func aTopicThatIsNamedIsToBlameAndItsNeighboursAreNot() {
        let talk = Conversation()
        _ = talk.want("a", "b", "c")
        _ = talk.connect()
        #expect(talk.answer(1, "error:request limit,topic:b") == ["#2 +a,c"])
        #expect(talk.answer(2) == ["confirmed a", "confirmed c"])
        #expect(talk.pass(1) == ["#3 +b"])
    }

    @Test func manyThatFailDoNotHoldUpTheOthers() {
        let talk = Conversation { $0.topicsPerRequest = 1 }
        _ = talk.connect()
        let poisons = (0..<50).flatMap { talk.want("poison\($0)", rank: $0 + 1) }
        _ = talk.exchange(poisons, failing: "oops", seconds: 20)
        var requests = talk.want("good", rank: 1)
        for _ in 1...6 where talk.session.confirmedCount == 0 {
            requests += talk.pass(1)
            for request in requests where request.contains("+") {
                _ = talk.answer(request, request.hasSuffix("+good") ? nil : "oops")
            }
            requests = []
        }
        #expect(talk.session.confirmedCount == 1)
    }

    @Test func anUnsubscriptionThatFailsIsTriedAgainAndDoesNotTakeItsNeighboursAlong() {
        let talk = Conversation()
        _ = talk.connect()
        _ = talk.want("a", "b", "c")
        for request in 1...3 { _ = talk.answer(request) }
        for name in ["a", "b", "c"] { talk.unwant(name) }
        #expect(quiet(talk.pass(30)) == ["#4 -a,b,c"])
        #expect(talk.answer(4, "error:handler not found,topic:b") == ["dropped b", "#5 -a,c"])
        #expect(talk.answer(5, "error:system busy") == [])
        #expect(talk.pass(1) == ["#6 -a", "#7 -c"], "another may have been to blame")
        #expect(talk.answer(7) == ["dropped c"])
        #expect(talk.answer(6, "error:system busy") == [])
        #expect(talk.pass(1) == ["#8 -a"])
        #expect(talk.answer(8, "error:system busy") == ["dropped a"], "at some time it is taken as done")
    }
}
