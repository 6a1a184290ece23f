import NIOCore
import Platform
import Synchronization

/// The clients of a shard: they come, leave one by one or thousands at once, and are told to go in good order. Lives on the shard's
/// loop; bounded by the node's places.
final class ShardClients {
    private let eventLoop: any EventLoop
    private let node: NodeState
    private let turns: Turns
    private let subscriptions: ShardSubscriptions
    private let counters: ShardCounters
    private let closeTimeout: TimeAmount
    private(set) var all: [ClientConnection] = []
    /// Those of a drain, or those to some clients only; nil where nobody is told to go.
    private var goodbyes: Goodbyes?
    private var whenAllHaveLeft: (() -> Void)?

    init(
        eventLoop: any EventLoop,
        node: NodeState,
        turns: Turns,
        subscriptions: ShardSubscriptions,
        counters: ShardCounters,
        closeTimeout: TimeAmount
    ) {
        self.eventLoop = eventLoop
        self.node = node
        self.turns = turns
        self.subscriptions = subscriptions
        self.counters = counters
        self.closeTimeout = closeTimeout
    }

    func add(_ connection: ClientConnection) {
        connection.index = all.count
        all.append(connection)
        counters.connections.add()
        counters.connectionsEver.add()
        if connection.principal !== Principal.anonymous { counters.cameAuthenticated.add() }
    }

    func remove(_ connection: ClientConnection) {
        subscriptions.endAll(of: connection)
        let last = all.removeLast()
        if last !== connection {
            last.index = connection.index
            all[connection.index] = last
        }
        counters.connections.add(-1)
        node.dismiss()
        if all.isEmpty { endGoodbyes() }
        // When a load balancer dies, thousands end in one turn of the loop.
        turns.catchUp()
    }

    /// Tells every client to go, some at a time, and closes who has not gone when its time is over. What it is subscribed to
    /// comes until then.
    ///
    /// - Parameters:
    ///   - window: So long they have, all together.
    ///   - completion: Called when the last has gone.
    func drain(window: TimeAmount, completion: @escaping () -> Void) {
        guard !all.isEmpty else { return completion() }
        whenAllHaveLeft = completion
        sayGoodbye(to: all, within: window) { false }
    }

    /// Tells some clients to go, as `drain` does all: `count` of them, from all over the list, for who came together may have come from
    /// one place. Where the node has no more than `floor` clients left, nobody else is told.
    func sendAway(_ count: Int, window: TimeAmount, keeping floor: Int) {
        // All are going already.
        guard whenAllHaveLeft == nil else { return }
        let total = all.count
        let count = min(count, total)
        guard count > 0 else { return }
        let start = Int.random(in: 0..<total)
        let chosen = (0..<count).map { all[(start + $0 * total / count) % total] }
        let node = node
        sayGoodbye(to: chosen, within: window) { node.clients.get() <= floor }
    }

    /// In the place of those that are being said.
    private func sayGoodbye(
        to clients: [ClientConnection],
        within window: TimeAmount,
        isEnough: @escaping () -> Bool
    ) {
        goodbyes?.end()
        let goodbyes = Goodbyes(
            Farewell(to: clients, window: window, closing: closeTimeout, at: eventLoop.now),
            eventLoop: eventLoop,
            turns: turns,
            subscriptions: subscriptions,
            isEnough: isEnough
        )
        self.goodbyes = goodbyes
        goodbyes.begin()
    }

    /// Cuts off who is there; how many that were.
    func closeAll() -> Int {
        let count = all.count
        for connection in all { connection.closeSocket() }
        return count
    }

    private func endGoodbyes() {
        goodbyes?.end()
        goodbyes = nil
        whenAllHaveLeft.take()?()
    }
}

@available(*, unavailable)
extension ShardClients: Sendable {}
