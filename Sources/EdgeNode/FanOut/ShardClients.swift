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
    /// The goodbyes of a drain; nil where there is none.
    private var farewell: Farewell<ClientConnection>?
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
        if all.isEmpty { endFarewell() }
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
        farewell = Farewell(to: all, window: window, closing: closeTimeout, at: eventLoop.now)
        whenAllHaveLeft = completion
        goOnWithFarewell()
    }

    /// Cuts off who is there; how many that were.
    func closeAll() -> Int {
        let count = all.count
        for connection in all { connection.closeSocket() }
        return count
    }

    private func goOnWithFarewell() {
        let now = eventLoop.now
        var generator = SystemRandomNumberGenerator()
        for action in farewell?.actions(at: now, using: &generator) ?? [] {
            switch action {
            case .tell(let connection, let milliseconds): tell(connection, toGoWithin: milliseconds)
            case .close(let connection): connection.close(.drain, reason: "Server going away")
            }
            turns.catchUp()
        }
        turns.flush()
        guard let next = farewell?.next(after: now) else { return }
        // A task without a delay would be run before the sockets have their turn.
        eventLoop.assumeIsolated().scheduleTask(deadline: next) { [self] in goOnWithFarewell() }
    }

    /// Its token stands for what is in front of it: what comes behind it, until the close, the client counts itself.
    private func tell(_ connection: ClientConnection, toGoWithin milliseconds: Int) {
        guard !connection.isClosing else { return }
        let token = subscriptions.token(of: connection)
        connection.session.send(.goingAway(reconnectAfterMilliseconds: milliseconds, token: token))
    }

    private func endFarewell() {
        farewell = nil
        whenAllHaveLeft.take()?()
    }
}

@available(*, unavailable)
extension ShardClients: Sendable {}
