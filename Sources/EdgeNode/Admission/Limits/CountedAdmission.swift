import Platform

/// Lets in no more connections of a user, or of a key, than it may have, of those whom another admission lets in: 429. Any
/// thread.
///
/// Where the count can't be had at once, whoever was let in at once is asked for once more: that is answered from what is
/// known by then.
struct CountedAdmission: Admission {
    private let inner: any Admission
    private let connections: PrincipalConnections

    init(_ inner: any Admission, connections: PrincipalConnections) {
        self.inner = inner
        self.connections = connections
    }

    func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? {
        guard let decision = inner.decideAtOnce(request) else { return nil }
        guard case .success(let admitted) = decision else { return decision }
        if let outcome = connections.takeAtOnce(for: admitted.principal) { return seated(admitted, outcome) }
        admitted.free()
        return nil
    }

    func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> {
        let decision = await inner.admit(request)
        guard case .success(let admitted) = decision else { return decision }
        return seated(admitted, await connections.take(for: admitted.principal))
    }

    private func seated(
        _ admitted: Admitted,
        _ outcome: Result<(any Seat)?, PrincipalConnections.Full>
    ) -> Result<Admitted, HTTPReply> {
        switch outcome {
        case .success(let seat):
            var admitted = admitted
            if let seat { admitted.seats.append(seat) }
            return .success(admitted)
        case .failure(let full):
            admitted.free()
            return .failure(.tooMany(full.reason, retryAfter: 10))
        }
    }
}
