import NIOCore
import Platform

/// Takes a place among its user's connections for a client that was nobody when it connected, and has shown who it is since.
/// Lives on its shard's loop; belongs to its connection.
///
/// Where there is none the connection is closed with 4003. The count of other nodes may take its time: until it is known the
/// client goes on. One place at a time is asked for.
final class LatePlace {
    // It is the connection's own, and ends with it.
    private unowned let connection: ClientConnection
    private var asking: ConnectionTask<Result<(any Seat)?, PrincipalConnections.Full>>?

    init(of connection: ClientConnection) {
        self.connection = connection
    }

    func take(for principal: Principal) {
        let connections = connection.shard.connections
        if let outcome = connections.takeAtOnce(for: principal) { return conclude(outcome) }
        asking?.cancel()
        asking = ConnectionTask(
            on: connection.shard.eventLoop,
            { await connections.take(for: principal) },
            otherwise: { if case .success(let seat) = $0 { seat?.free() } },
            then: { [unowned self] outcome in
                asking = nil
                conclude(outcome)
                connection.flushNow()
            }
        )
    }

    /// The connection has ended.
    func giveUp() {
        asking?.cancel()
        asking = nil
    }

    private func conclude(_ outcome: Result<(any Seat)?, PrincipalConnections.Full>) {
        switch outcome {
        case .success(let seat):
            if let seat { connection.seats.append(seat) }
        case .failure: connection.close(.connectionLimit, reason: "Connection limit reached")
        }
    }
}

@available(*, unavailable)
extension LatePlace: Sendable {}
