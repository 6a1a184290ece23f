/// What the auth service has said of credentials, by their digests. A value.
///
/// An answer counts until the credential ends, and for `lifetime` at most; a refusal for a moment only, so that who is refused
/// and tries again at once is no burden. Bounded by `capacity` answers and `mostRefusals` refusals, each for itself, so that
/// nobody who invents credentials pushes out the answers of those who have some: beyond it the oldest makes room, and its credential
/// is asked about once more.
struct ServiceCache {
    typealias Outcome = Result<Principal, AuthenticationFailure>

    /// Milliseconds.
    static let refusalLifetime: Int64 = 2000
    static let mostRefusals = 10_000

    private let lifetime: Int64
    private var answers: AgeingTable<Principal>
    private var refusals: AgeingTable<AuthenticationFailure>

    /// - Parameter lifetime: Milliseconds.
    init(lifetime: Int64, capacity: Int = 100_000, mostRefusals: Int = Self.mostRefusals) {
        self.lifetime = lifetime
        answers = AgeingTable(capacity: capacity)
        refusals = AgeingTable(capacity: mostRefusals)
    }

    var count: Int { answers.count + refusals.count }

    /// Nil where nothing counts any more. Times are milliseconds since 1970.
    func outcome(of digest: CredentialDigest, at now: Int64) -> Outcome? {
        if let principal = answers.value(of: digest, at: now) { return .success(principal) }
        return refusals.value(of: digest, at: now).map { .failure($0) }
    }

    mutating func keep(_ outcome: Outcome, of digest: CredentialDigest, at now: Int64) {
        switch outcome {
        case .success(let principal):
            refusals.remove(digest)
            let until = min(principal.expiresAt ?? .max, now + lifetime)
            if until > now { answers.keep(principal, of: digest, until: until) }
        case .failure(let failure):
            // A failure is no answer.
            guard case .refused = failure else { return }
            answers.remove(digest)
            let until = now + min(Self.refusalLifetime, lifetime)
            if until > now { refusals.keep(failure, of: digest, until: until) }
        }
    }
}
