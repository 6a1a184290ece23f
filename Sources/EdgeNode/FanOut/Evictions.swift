import NIOCore
import Platform

/// Lets clients go whose access was revoked: all who are there when one is, in passes as `Sweep`'s, and who comes after it with
/// an admission from before. Lives on the shard's loop.
final class Evictions {
    /// Clients that are looked at between two pauses.
    static let inspectionsAtOnce = 512

    private let eventLoop: any EventLoop
    private let turns: Turns
    private let clients: ShardClients
    /// Nil where nothing can be revoked.
    private let revocations: Revocations?
    /// What the pass that is under way looks for, and how many it has not looked at; nil where there is none.
    private var pass: (list: RevocationList, rest: Int)?

    init(eventLoop: any EventLoop, turns: Turns, clients: ShardClients, revocations: Revocations?) {
        self.eventLoop = eventLoop
        self.turns = turns
        self.clients = clients
        self.revocations = revocations
    }

    /// Something was revoked. A pass that is under way begins anew.
    func begin() {
        guard let revocations else { return }
        let isUnderWay = pass != nil
        pass = (revocations.list, clients.all.count)
        if !isUnderWay { goOn() }
    }

    /// To be asked of who comes: it may have been let in a moment before.
    func inspect(_ connection: ClientConnection) {
        if let revocations, revocations.refuses(connection.principal) { evict(connection) }
    }

    private func goOn() {
        guard case (let list, var rest)? = pass else { return }
        turns.catchUp()
        let now = WallClock.milliseconds()
        let end = max(0, rest - Self.inspectionsAtOnce)
        // From the end, since whoever goes is replaced by the last.
        while rest > end {
            rest -= 1
            guard rest < clients.all.count else { continue }
            let connection = clients.all[rest]
            if !connection.isClosing, list.refuses(connection.principal, at: now) { evict(connection) }
        }
        turns.flush()
        guard rest > 0 else {
            pass = nil
            return
        }
        pass = (list, rest)
        // A task without a delay would be run before the sockets have their turn.
        eventLoop.assumeIsolated().scheduleTask(in: Turns.pause) { [self] in goOn() }
    }

    private func evict(_ connection: ClientConnection) {
        connection.close(.accessRevoked, reason: "Access revoked")
    }
}

@available(*, unavailable)
extension Evictions: Sendable {}
