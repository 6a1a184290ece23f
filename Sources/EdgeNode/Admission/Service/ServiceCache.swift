import DequeModule

/// What the auth service has said of credentials, by their digests. A value.
///
/// An answer counts until the credential ends, and for `lifetime` at most; a refusal for a moment only, so that who is refused
/// and tries again at once is no burden. Bounded by `capacity`: beyond it the oldest answer makes room, and its credential is asked
/// about once more.
struct ServiceCache {
    typealias Outcome = Result<Principal, AuthenticationFailure>

    private struct Entry {
        let outcome: Outcome
        let until: Int64
        /// Which entry of the line it is.
        let number: Int
    }

    /// Milliseconds.
    static let refusalLifetime: Int64 = 2000

    private let lifetime: Int64
    private let capacity: Int
    private var entries: [String: Entry] = [:]
    /// In the order in which they came; those that were replaced are passed over.
    private var line: Deque<(digest: String, number: Int)> = []
    private var last = 0

    /// - Parameter lifetime: Milliseconds.
    init(lifetime: Int64, capacity: Int = 100_000) {
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
    }

    var count: Int { entries.count }

    /// Of the line, those that were replaced too.
    var places: Int { line.count }

    /// Nil where nothing counts any more. Times are milliseconds since 1970.
    func outcome(of digest: String, at now: Int64) -> Outcome? {
        guard let entry = entries[digest], now < entry.until else { return nil }
        return entry.outcome
    }

    mutating func keep(_ outcome: Outcome, of digest: String, at now: Int64) {
        let until: Int64
        switch outcome {
        case .success(let principal): until = min(principal.expiresAt ?? .max, now + lifetime)
        case .failure(.refused): until = now + min(Self.refusalLifetime, lifetime)
        // It is no answer.
        case .failure(.unavailable): return
        }
        guard until > now else { return }
        last += 1
        entries[digest] = Entry(outcome: outcome, until: until, number: last)
        line.append((digest, last))
        // What was replaced stands in the line still: it must not grow by those who come again and again.
        while entries.count > capacity || line.count > 2 * capacity { dropOldest() }
    }

    private mutating func dropOldest() {
        guard let (digest, number) = line.popFirst() else { return }
        if entries[digest]?.number == number { entries[digest] = nil }
    }
}
