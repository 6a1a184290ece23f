import NIOCore

/// What one client has asked for lately that nobody on its node had heard of: its debt, one for each such stream. A stream
/// that is heard is given back at once, the others one in each second.
///
/// The debt is the rank of the client's next stream: where the exchange has more to be asked for than it answers, those with
/// the lowest ranks go first, so a client that invents names waits behind itself. Beyond `bound` its streams are rejected.
/// Lives on its shard's loop; made for clients that introduce something.
final class Introductions {
    /// Of a client that may have few subscriptions.
    static let minimumBound = 200
    private static let decay = TimeAmount.seconds(1)

    private let bound: Int
    private var debt = 0
    /// When the debt was last made smaller.
    private var since: NIODeadline

    init(bound: Int, at now: NIODeadline) {
        self.bound = bound
        self.since = now
    }

    /// The rank of the next stream, above 0, which is for streams that have been heard; nil where the bound is reached.
    func rank(at now: NIODeadline) -> Int? {
        decay(at: now)
        return debt < bound ? debt + 1 : nil
    }

    func introduce(at now: NIODeadline) {
        decay(at: now)
        debt += 1
    }

    /// One that was introduced has been heard: it exists.
    func giveBack() { debt = max(0, debt - 1) }

    private func decay(at now: NIODeadline) {
        guard debt > 0 else {
            since = now
            return
        }
        let steps = (now - since).nanoseconds / Self.decay.nanoseconds
        guard steps > 0 else { return }
        since = since + .nanoseconds(steps * Self.decay.nanoseconds)
        debt = max(0, debt - Int(clamping: steps))
    }
}

@available(*, unavailable)
extension Introductions: Sendable {}
