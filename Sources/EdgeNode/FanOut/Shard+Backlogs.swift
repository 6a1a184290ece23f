import NIOCore

/// The clients whose sockets are full, and the node's bound on what waits for them.
extension Shard {
    /// This shard's part of the bound.
    var backlogBound: Int { settings.outbox.nodeBytes / shards }

    func addBacklog(of connection: ClientConnection, _ backlog: Backlog) {
        backlog.index = behind.count
        behind.append(connection)
    }

    func removeBacklog(of connection: ClientConnection, _ backlog: Backlog) {
        let last = behind.removeLast()
        guard last !== connection else { return }
        last.backlog?.index = backlog.index
        behind[backlog.index] = last
    }

    /// Too much waits: the clients that are the furthest behind go, until an eighth of the bound is free again.
    func shedBacklogs() {
        for connection in behind.sorted(by: { $0.waitingBytes > $1.waitingBytes }) {
            guard backlogBytes > backlogBound / 8 * 7 else { return }
            let waiting = connection.waitingBytes
            connection.closeAsSlow("\(waiting) bytes wait, and too much for all clients of this node together")
        }
    }
}
