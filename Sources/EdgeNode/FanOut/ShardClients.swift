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
    private(set) var all: [ClientConnection] = []
    /// The goodbyes of a drain; nil where there is none.
    private var farewell: Farewell?

    init(
        eventLoop: any EventLoop,
        node: NodeState,
        turns: Turns,
        subscriptions: ShardSubscriptions,
        counters: ShardCounters
    ) {
        self.eventLoop = eventLoop
        self.node = node
        self.turns = turns
        self.subscriptions = subscriptions
        self.counters = counters
    }

    func add(_ connection: ClientConnection) {
        connection.index = all.count
        all.append(connection)
        counters.connections.add()
        counters.connectionsEver.add()
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
        if all.isEmpty { farewell?.whenAllHaveLeft() }
        // When a load balancer dies, thousands end in one turn of the loop.
        turns.catchUp()
    }

    /// Says goodbye to every client, some at a time; `completion` is called when the last has gone.
    func drain(window: TimeAmount, completion: @escaping () -> Void) {
        guard !all.isEmpty else { return completion() }
        farewell = Farewell(to: all, window: window, whenAllHaveLeft: completion)
        sayGoodbyes()
    }

    func closeAll() {
        for connection in all { connection.closeSocket() }
    }

    private func sayGoodbyes() {
        guard let clients = farewell?.next() else { return }
        for connection in clients where !connection.isClosing { sayGoodbye(to: connection) }
        turns.flush()
        guard farewell?.hasMore == true else { return }
        // A task without a delay would be run before the sockets have their turn.
        eventLoop.assumeIsolated().scheduleTask(in: Farewell.interval) { [self] in sayGoodbyes() }
    }

    private func sayGoodbye(to connection: ClientConnection) {
        let window = (farewell?.window.nanoseconds ?? 0) / 1_000_000
        let wait = Int.random(in: 0...Int(max(1000, window)))
        let token = subscriptions.token(of: connection)
        connection.session.send(.goingAway(reconnectAfterMilliseconds: wait, token: token))
        connection.close(.drain, reason: "Server going away")
        turns.catchUp()
    }
}

@available(*, unavailable)
extension ShardClients: Sendable {}
