import NIOHTTP1
import Platform

/// Lets in only pages of origins that are allowed, of those whom another admission lets in; others get 403. Any thread.
///
/// A browser says of which origin a page is, and no page can have it say something else: so a page of somebody else can't use
/// what its visitor is logged in with. Who sends no `Origin` is no browser, and is let in: a program could send whichever it
/// likes.
struct OriginAdmission: Admission {
    private let inner: any Admission
    /// Nil: all.
    private let allowed: OriginPatterns?
    private let counters: RefusalCounters

    init(_ inner: any Admission, allowed: OriginPatterns?, counters: RefusalCounters) {
        self.inner = inner
        self.allowed = allowed
        self.counters = counters
    }

    func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? {
        if let reply = refusal(of: request) { return .failure(reply) }
        return inner.decideAtOnce(request)
    }

    func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> {
        if let reply = refusal(of: request) { return .failure(reply) }
        return await inner.admit(request)
    }

    private func refusal(of request: UpgradeRequest) -> HTTPReply? {
        guard let allowed else { return nil }
        let origins = request.headers["origin"]
        guard !origins.isEmpty else { return nil }
        if origins.count == 1, allowed.match(origins[0]) { return nil }
        counters.origin.add()
        return .refusal(
            .forbidden,
            error: "origin not allowed",
            reason: "pages of this origin may not connect; the operator names those that may in ALLOWED_ORIGINS"
        )
    }
}
