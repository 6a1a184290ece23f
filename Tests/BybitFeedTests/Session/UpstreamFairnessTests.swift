import NIOCore
import Testing

@testable import BybitFeed

@Suite("Who asks for little does not wait for those who ask for much")
struct UpstreamFairnessTests {
    private static let notFound = "error:handler not found,topic:"

    @Test func theLowestRankIsAskedForFirst() {
        let talk = Conversation {
            $0.topicsPerRequest = 1
            $0.requestsInFlight = 1
        }
        for rank in 1...3 { _ = talk.want("x\(rank)", rank: rank) }
        #expect(talk.want("a", rank: 1) == [])
        #expect(talk.want("heard", rank: 0) == [])
        #expect(talk.want("x3", rank: 1) == [], "somebody who asks for less wants it too")
        #expect(talk.connect() == ["#1 +heard"])
        #expect(talk.answer(1) == ["confirmed heard", "#2 +x1"])
        #expect(talk.answer(2) == ["confirmed x1", "#3 +x3"])
        #expect(talk.answer(3) == ["confirmed x3", "#4 +a"])
        #expect(talk.answer(4) == ["confirmed a", "#5 +x2"])
    }

    @Test func afterAReconnectWhatTheExchangeWasServingComesFirst() {
        let talk = Conversation { $0.topicsPerRequest = 1 }
        _ = talk.connect()
        _ = talk.exchange(talk.want("honest", rank: 7), failing: nil, seconds: 0)
        _ = talk.disconnect()
        _ = talk.want("new", rank: 0)
        #expect(talk.connect() == ["#2 +honest", "#3 +new"])
    }

    @Test func inventedNamesMakeTheRequestsSmaller() {
        let talk = Conversation { $0.topicsPerRequest = 8 }
        let names = (0..<8).map { "n\($0)" }
        for name in names { _ = talk.want(name, rank: 1) }
        #expect(talk.connect() == ["#1 +n0,n1,n2,n3,n4,n5,n6,n7"])
        #expect(talk.answer(1, Self.notFound + "n0") == ["refused n0", "#2 +n1,n2,n3,n4", "#3 +n5,n6,n7"])
        #expect(talk.answer(2, Self.notFound + "n1") == ["refused n1", "#4 +n2,n3", "#5 +n4"])
        #expect(talk.answer(5) == ["confirmed n4"])
        #expect(talk.answer(3, Self.notFound + "n5") == ["refused n5", "#6 +n6,n7"])
    }

    @Test func whatWaitsIsBoundedAndThoseWhoAskForMuchAreLetGo() {
        let talk = Conversation { $0.maximumWaiting = 3 }
        for rank in 1...3 { _ = talk.want("x\(rank)", rank: rank) }
        #expect(talk.want("x4", rank: 4) == ["dropped x4"])
        #expect(talk.want("a", rank: 1) == ["dropped x3"])
        #expect(talk.connect() == ["#1 +x1,a,x2"])
        #expect(talk.want("x3", rank: 3) != [], "its node repeats what it wants")
    }

    /// Five clients ask for a hundred invented names a second each, and the exchange is 150 ms away.
    @Test func anHonestStreamIsServedWithinASecondWhileFiveClientsInventNames() {
        let talk = Conversation()
        var answers: [(at: NIODeadline, request: String)] = []
        var worst = 0
        var asked: [String: Int] = [:]
        func send(_ said: [String]) {
            for request in said where request.hasPrefix("#") {
                answers.append((talk.now + .milliseconds(150), request))
            }
            for word in said where word.hasPrefix("confirmed honest") {
                worst = max(
                    worst,
                    steps(until: talk.now) - (asked.removeValue(forKey: String(word.dropFirst(10))) ?? 0)
                )
            }
            #expect(!said.contains { $0.hasPrefix("refused honest") || $0.hasPrefix("dropped honest") })
        }
        let start = talk.now
        func steps(until time: NIODeadline) -> Int { Int((time - start).nanoseconds / 10_000_000) }
        send(talk.connect())
        for step in 0..<2000 {
            talk.now = start + .milliseconds(10 * Int64(step))
            while let next = answers.first, next.at <= talk.now {
                answers.removeFirst()
                let names = next.request.drop { $0 != "+" }.dropFirst().split(separator: ",")
                let invented = names.first { !$0.hasPrefix("honest") }
                send(talk.answer(next.request, invented.map { Self.notFound + $0 }))
            }
            // What the nodes say of clients that have asked for so much: up to 200 names, and then one a second.
            if step < 200 || step % 100 == 0 {
                for client in 0..<5 {
                    let name = "\(client)n\(step)"
                    send(talk.want(name + String(repeating: "X", count: 40 - name.count), rank: min(step + 1, 200)))
                }
            }
            if step % 50 == 25 {
                asked["honest\(step)"] = step
                send(talk.want("honest\(step)", rank: 1))
            }
            if step % 100 == 0 {
                send(talk.tick())
            }
        }
        #expect(asked.count <= 2 && talk.session.confirmedCount >= 38)
        #expect(worst < 100, "in steps of 10 ms: \(worst)")
    }
}
