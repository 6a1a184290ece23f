import Platform

/// Takes a place for a connection among those of its user and of its key. A value; any thread.
package struct PrincipalConnections: Sendable {
    /// The connections of a user, or of a key, are as many as they may be.
    package struct Full: Error, Sendable, Equatable {
        package let claim: ConnectionClaim

        /// For the client.
        package var reason: String {
            switch claim.holder {
            case .user: "the user has as many connections as one may have (\(claim.limit))"
            case .key: "the API key has as many connections as it may have (\(claim.limit))"
            }
        }
    }

    private let counts: any ConnectionCounts
    private let usual: Int?
    private let counters: RefusalCounters

    /// - Parameter usual: Connections of one user or key that has no limit of its own; nil for no limit.
    package init(
        _ counts: any ConnectionCounts = NodeConnectionCounts(),
        usual: Int? = nil,
        counters: RefusalCounters = RefusalCounters()
    ) {
        self.counts = counts
        self.usual = usual
        self.counters = counters
    }

    /// The seat, or nil where nothing is counted; nil for the whole where `take` is to be asked. On a loop: it does not block.
    package func takeAtOnce(for principal: Principal) -> Result<(any Seat)?, Full>? {
        let claims = ConnectionClaim.all(of: principal, usual: usual)
        guard !claims.isEmpty else { return .success(nil) }
        return counts.takeAtOnce(claims).map(answer)
    }

    package func take(for principal: Principal) async -> Result<(any Seat)?, Full> {
        let claims = ConnectionClaim.all(of: principal, usual: usual)
        return claims.isEmpty ? .success(nil) : answer(await counts.take(claims))
    }

    private func answer(_ grant: ConnectionGrant) -> Result<(any Seat)?, Full> {
        switch grant {
        case .taken(let seat): return .success(seat)
        case .full(let claim):
            counters.principalConnections.add()
            return .failure(Full(claim: claim))
        }
    }
}
