import Stores

/// Whose credentials are refused though they are good in themselves. Pure.
///
/// Bounded by `maximum`. Where it is full the one that is over first is given up, which its caller has to say in the log.
struct RevocationList: Sendable {
    static let maximum = 100_000

    enum Addition: Sendable, Hashable {
        /// It refuses what was not refused before.
        case news
        case known
        /// It is over already.
        case over
    }

    private let maximum: Int
    private var revocations: [Revocation.Subject: Revocation] = [:]

    init(maximum: Int = Self.maximum) {
        self.maximum = maximum
    }

    var count: Int { revocations.count }

    /// - Parameter now: Milliseconds since 1970.
    func refuses(_ principal: Principal, at now: Int64) -> Bool {
        if let user = principal.user, let revocation = inForce(.user(user), at: now) {
            // What does not say when it was given may be from before.
            guard let issued = principal.issuedAt, issued > revocation.at else { return true }
        }
        switch principal.credential {
        case .token(let id, let digest):
            // Also an id may look like a digest.
            let names = [id.map(Revocation.canonical), digest].compactMap(\.self)
            return names.contains { inForce(.token($0), at: now) != nil }
        case .vouched(let digest): return inForce(.token(digest), at: now) != nil
        case .key(let id): return inForce(.key(id), at: now) != nil
        case nil: return false
        }
    }

    /// Of two of one subject the later counts, and both for as long as the longer.
    mutating func add(_ revocation: Revocation, at now: Int64) -> Addition {
        guard revocation.until > now else { return .over }
        guard let known = revocations[revocation.subject] else {
            revocations[revocation.subject] = revocation
            return .news
        }
        let both = Revocation(
            revocation.subject,
            at: max(known.at, revocation.at),
            until: max(known.until, revocation.until)
        )
        revocations[revocation.subject] = both
        return both == known ? .known : .news
    }

    /// Lets go of what is over, and of what there is no room for. Answers that.
    mutating func shrink(at now: Int64) -> [Revocation] {
        revocations = revocations.filter { $0.value.until > now }
        guard revocations.count > maximum else { return [] }
        let excess = revocations.values.sorted { $0.until < $1.until }.prefix(revocations.count - maximum)
        for revocation in excess { revocations[revocation.subject] = nil }
        return Array(excess)
    }

    private func inForce(_ subject: Revocation.Subject, at now: Int64) -> Revocation? {
        revocations[subject].flatMap { $0.until > now ? $0 : nil }
    }
}
