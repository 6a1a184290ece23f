import Stores
import TestSupport
import Testing

@testable import Core
@testable import RedisStores

@Suite("What a subscriber wants and what Redis has confirmed")
struct SubscriptionTableTests {
    private typealias Table = SubscriptionTable<Int>
    private static let stream = StreamName(checked: "trade.BTCUSDT")
    private var table = Table(maximumChannelsPerCommand: 3)

    private mutating func want(_ name: String, _ waiter: Int = 0) -> Int? {
        table.want(name, .stream(Self.stream), waiter)
    }

    private mutating func sent() -> [String] {
        table.takeCommands().map { "\($0.verb.rawValue) \($0.channels.joined(separator: " "))" }
    }

    @Test mutating func aChannelIsLiveOnlyWhenItIsConfirmed() throws {
        table.connected()
        #expect(want("a", 7) != nil)
        #expect(sent() == ["SUBSCRIBE a"])
        #expect(table.target(of: "a") == nil)
        #expect(table.confirmed("a")?.waiters == [7])
        #expect(table.target(of: "a") == .stream(Self.stream))
        #expect(want("a", 8) == nil)
        #expect(sent().isEmpty)
    }

    @Test mutating func allWhoWaitForAChannelShareOneCommand() {
        table.connected()
        for waiter in 1...3 { _ = want("a", waiter) }
        #expect(sent() == ["SUBSCRIBE a"])
        #expect(table.confirmed("a")?.waiters == [1, 2, 3])
    }

    @Test mutating func whatIsAskedForTogetherGoesInFewCommandsAndInOrder() {
        table.connected()
        for name in ["a", "b", "c", "d"] { _ = want(name) }
        _ = table.drop("a")
        _ = want("e")
        #expect(sent() == ["SUBSCRIBE a b c", "SUBSCRIBE d", "UNSUBSCRIBE a", "SUBSCRIBE e"])
    }

    @Test mutating func nothingIsDeliveredFromTheMomentOfUnsubscribing() {
        table.connected()
        _ = want("a")
        _ = table.confirmed("a")
        #expect(table.drop("a").isEmpty)
        #expect(table.target(of: "a") == nil)
        _ = table.confirmed("a")
        #expect(table.count == 0)
    }

    @Test mutating func aChannelThatIsWantedAgainIsLiveWhenTheLastCommandIsConfirmed() {
        table.connected()
        _ = want("a", 1)
        _ = table.confirmed("a")
        _ = table.drop("a")
        _ = want("a", 2)
        #expect(sent() == ["SUBSCRIBE a", "UNSUBSCRIBE a", "SUBSCRIBE a"])
        #expect(table.confirmed("a")?.waiters == [])
        #expect(table.target(of: "a") == nil, "what comes now was published before the new subscription")
        #expect(table.confirmed("a")?.waiters == [2])
        #expect(table.target(of: "a") != nil)
    }

    @Test mutating func aConfirmationThatNothingAskedForChangesNothing() {
        table.connected()
        #expect(table.confirmed("a") == nil)
        _ = want("a")
        _ = table.confirmed("a")
        #expect(table.confirmed("a") == nil)
        #expect(table.target(of: "a") != nil)
    }

    @Test mutating func afterAReconnectAllIsAskedForAnewAndThenTheLossIsTold() {
        table.connected()
        for name in ["a", "b"] {
            _ = want(name)
            _ = table.confirmed(name)
        }
        _ = sent()
        table.disconnected()
        #expect(table.target(of: "a") == nil)
        _ = want("c", 3)
        #expect(sent().isEmpty)
        table.connected()
        #expect(sent() == ["SUBSCRIBE a b c"])
        #expect(table.confirmed("a")?.isRestored == false)
        #expect(table.confirmed("b")?.isRestored == false)
        let last = table.confirmed("c")
        #expect(last?.isRestored == true)
        #expect(last?.waiters == [3])
    }

    @Test mutating func aConnectionThatIsLostWhileAllIsRestoredTellsTheLossAfterTheNext() {
        table.connected()
        for name in ["a", "b"] {
            _ = want(name)
            _ = table.confirmed(name)
        }
        table.disconnected()
        table.connected()
        _ = table.confirmed("a")
        table.disconnected()
        table.connected()
        #expect(table.confirmed("a")?.isRestored == false)
        #expect(table.confirmed("b")?.isRestored == true)
    }

    @Test mutating func theFirstConnectionHasLostNothing() {
        _ = want("a", 1)
        table.disconnected()
        table.connected()
        let first = table.confirmed("a")
        #expect(first?.isRestored == false)
        #expect(first?.waiters == [1])
    }

    @Test mutating func whatIsDroppedWhileItIsRestoredDoesNotHoldTheOthersUp() {
        table.connected()
        for name in ["a", "b"] {
            _ = want(name)
            _ = table.confirmed(name)
        }
        table.disconnected()
        table.connected()
        _ = table.drop("a")
        _ = table.confirmed("a")
        #expect(table.confirmed("b")?.isRestored == true)
        _ = table.confirmed("a")
        #expect(table.count == 1)
    }

    @Test mutating func whoseTimeIsUpNoLongerWaits() throws {
        let waiter = want("a", 1)
        let waiting = try #require(waiter)
        table.connected()
        _ = sent()
        guard case .dropped([1]) = table.giveUp("a", waiting) else {
            Issue.record("it still waits")
            return
        }
        #expect(sent() == ["UNSUBSCRIBE a"])
        guard case .nothing = table.giveUp("a", waiting) else {
            Issue.record("it waited twice")
            return
        }
    }

    @Test mutating func aControlChannelStaysWantedWhenTheTimeIsUp() throws {
        let waiter = table.want("c", .control(.demand), 1)
        let waiting = try #require(waiter)
        guard case .stays([1]) = table.giveUp("c", waiting) else {
            Issue.record("it was dropped")
            return
        }
        table.connected()
        #expect(sent() == ["SUBSCRIBE c"])
        _ = table.confirmed("c")
        #expect(table.target(of: "c") == .control(.demand))
    }

    /// Against a server that does what it is told, with any order of events.
    @Test(arguments: 0..<200 as Range<UInt64>)
    mutating func whateverHappensTheServerAndTheTableAgreeInTheEnd(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let names = ["a", "b", "c", "d", "e"]
        var wanted: Set<String> = []
        var server: Set<String> = []
        var inFlight: [(verb: Table.Verb, channel: String)] = []
        var isConnected = false
        func settle(_ table: inout Table, all: Bool) {
            inFlight += table.takeCommands().flatMap { command in command.channels.map { (command.verb, $0) } }
            while !inFlight.isEmpty, all || Bool.random(using: &generator) {
                let (verb, channel) = inFlight.removeFirst()
                if verb == .subscribe { server.insert(channel) } else { server.remove(channel) }
                #expect(table.confirmed(channel) != nil)
            }
        }
        for _ in 0..<300 {
            let name = names.randomElement(using: &generator) ?? "a"
            switch Int.random(in: 0..<8, using: &generator) {
            case 0...2:
                _ = want(name)
                wanted.insert(name)
            case 3...4:
                _ = table.drop(name)
                wanted.remove(name)
                #expect(table.target(of: name) == nil)
            case 5 where Int.random(in: 0..<5, using: &generator) == 0:
                if isConnected { table.disconnected() } else { table.connected() }
                isConnected.toggle()
                (server, inFlight) = ([], [])
            default: if isConnected { settle(&table, all: false) }
            }
        }
        if !isConnected { table.connected() }
        settle(&table, all: true)
        #expect(server == wanted)
        #expect(Set(names.filter { table.target(of: $0) != nil }) == wanted)
        #expect(table.count == wanted.count)
    }
}
