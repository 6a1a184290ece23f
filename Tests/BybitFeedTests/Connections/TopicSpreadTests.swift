import Testing

@testable import BybitFeed

@Suite("Topics go to the connection that carries the least, and to another where none has room")
struct TopicSpreadTests {
    /// Each connection holds two topics of one letter.
    private func spread(over connections: Int, of maximum: Int) -> TopicSpread {
        var spread = TopicSpread(maximumConnections: maximum, capacity: 8)
        for number in 1...connections { spread.open(number) }
        return spread
    }

    @Test func eachNewTopicGoesToTheLeastLoaded() {
        var spread = spread(over: 2, of: 2)
        #expect(spread.place(for: "a") == .connection(1))
        spread.add("a", to: 1)
        #expect(spread.place(for: "b") == .connection(2))
        spread.add("b", to: 2)
        spread.add("c", to: 1)
        #expect(spread.place(for: "d") == .connection(2))
        spread.remove("a", from: 1)
        spread.remove("c", from: 1)
        #expect(spread.place(for: "d") == .connection(1))
    }

    @Test func anotherIsOpenedOnlyWhenNoneHasRoom() {
        var spread = spread(over: 1, of: 2)
        spread.add("a", to: 1)
        #expect(spread.place(for: "b") == .connection(1))
        #expect(spread.place(for: "long") == .another)
        spread.add("b", to: 1)
        #expect(spread.place(for: "c") == .another)
        spread.open(2)
        #expect(spread.place(for: "c") == .connection(2))
    }

    @Test func whatFindsAllFullWaitsAtTheLeastLoaded() {
        var spread = spread(over: 2, of: 2)
        for name in ["a", "b"] {
            spread.add(name, to: 1)
            spread.add(name, to: 2)
        }
        #expect(spread.place(for: "c") == .full(least: 1))
        spread.add("c", to: 1)
        #expect(spread.isOverfull(1) && !spread.isOverfull(2))
        #expect(spread.place(for: "d") == .full(least: 2))
    }

    @Test func aClosedConnectionCountsNoLonger() {
        var spread = spread(over: 2, of: 2)
        spread.add("a", to: 1)
        spread.close(2)
        #expect(spread.place(for: "b") == .connection(1))
        spread.add("b", to: 1)
        #expect(spread.place(for: "c") == .another)
    }
}
