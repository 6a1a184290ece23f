import NIOCore
import Testing

@testable import EdgeNode

@Suite("A client that asks for much that nobody has heard of waits behind itself")
struct IntroductionsTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func eachRanksBehindTheOneBefore() {
        let client = Introductions(bound: 3, at: start)
        var ranks: [Int?] = []
        for _ in 0..<5 {
            ranks.append(client.rank(at: start))
            if ranks.last != .some(nil) { client.introduce(at: start) }
        }
        #expect(ranks == [1, 2, 3, nil, nil])
    }

    @Test func oneIsForgottenEachSecondAndNoneIsOwedToIt() {
        let client = Introductions(bound: 10, at: start)
        for _ in 0..<5 { client.introduce(at: start) }
        #expect(client.rank(at: start + .milliseconds(999)) == 6)
        #expect(client.rank(at: start + .milliseconds(1001)) == 5)
        #expect(client.rank(at: start + .milliseconds(2000)) == 4, "the looks between cost no time")
        #expect(client.rank(at: start + .hours(1000)) == 1)
        client.introduce(at: start + .hours(1000))
        #expect(client.rank(at: start + .hours(1000) + .milliseconds(999)) == 2)
    }

    @Test func whatIsHeardIsGivenBack() {
        let client = Introductions(bound: 2, at: start)
        client.giveBack()
        client.introduce(at: start)
        client.introduce(at: start)
        #expect(client.rank(at: start) == nil)
        client.giveBack()
        #expect(client.rank(at: start) == 2)
    }
}
