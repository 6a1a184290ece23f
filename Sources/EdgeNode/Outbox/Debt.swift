import NIOCore

/// A subscription that something was held back from because its client can't take it now, and since when. Clients pay the
/// oldest first, so that no stream starves another.
struct Debt {
    let subscription: Subscription
    let since: NIODeadline
}

@available(*, unavailable)
extension Debt: Sendable {}
