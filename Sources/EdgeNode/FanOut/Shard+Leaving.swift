import DequeModule
import NIOCore
import Synchronization

/// Clients that leave: one by one, thousands at once, or all in good order.
extension Shard {
    func remove(_ connection: ClientConnection) {
        forgetSubscriptions(of: connection)
        let last = connections.removeLast()
        if last !== connection {
            last.index = connection.index
            connections[connection.index] = last
        }
        counters.connections.add(-1)
        node.clients.subtract(1, ordering: .relaxed)
        if connections.isEmpty { farewell?.whenAllHaveLeft() }
        // When a load balancer dies, thousands end in one turn of the loop.
        catchUp()
    }

    /// Takes all subscriptions of a client out of the lists: once over them, whatever else the shard has.
    func forgetSubscriptions(of connection: ClientConnection) {
        let subscriptions = connection.subscriptions
        guard !subscriptions.isEmpty else { return }
        let now = eventLoop.now
        connection.subscriptions = [:]
        connection.outbox.debts.removeAll()
        counters.subscriptions.add(-subscriptions.count)
        for (stream, subscription) in subscriptions {
            // Without a debt it is let go at the next look at the list of those that wait for their rate.
            subscription.owedFrom = nil
            fanOuts[stream]?.remove(subscription, at: now)
        }
    }

    /// Says goodbye to every client, some at a time; `completion` is called when the last has gone.
    func drain(window: TimeAmount, completion: @escaping () -> Void) {
        guard !connections.isEmpty else { return completion() }
        farewell = Farewell(to: connections, window: window, whenAllHaveLeft: completion)
        sayGoodbyes()
    }

    private func sayGoodbyes() {
        guard let clients = farewell?.next() else { return }
        for connection in clients where !connection.isClosing { sayGoodbye(to: connection) }
        flush()
        guard farewell?.hasMore == true else { return }
        // A task without a delay would be run before the sockets have their turn.
        eventLoop.assumeIsolated().scheduleTask(in: Farewell.interval) { [self] in sayGoodbyes() }
    }

    private func sayGoodbye(to connection: ClientConnection) {
        let window = (farewell?.window.nanoseconds ?? 0) / 1_000_000
        let wait = Int.random(in: 0...Int(max(1000, window)))
        let token = connection.resumeToken()
        connection.send(.goingAway(reconnectAfterMilliseconds: wait, token: token), in: connection.dialect)
        connection.close(.drain, reason: "Server going away")
        catchUp()
    }

    func closeAll() {
        for connection in connections { connection.closeSocket() }
    }
}
