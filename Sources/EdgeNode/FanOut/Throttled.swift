import NIOCore

/// A subscription that is owed something which its rate does not allow yet, and when it is looked at again.
struct Throttled: Comparable {
    /// Who has unsubscribed stays in the list until it is looked at: that long at most, whatever its rate.
    static let longestWait: TimeAmount = .seconds(1)

    let subscription: Subscription
    let due: NIODeadline

    init(_ subscription: Subscription, at now: NIODeadline) {
        self.subscription = subscription
        due = min(subscription.nextAllowed, now + Self.longestWait)
    }

    static func < (left: Throttled, right: Throttled) -> Bool { left.due < right.due }

    static func == (left: Throttled, right: Throttled) -> Bool { left.due == right.due }
}

@available(*, unavailable)
extension Throttled: Sendable {}
