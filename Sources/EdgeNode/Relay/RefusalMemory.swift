import Core
import NIOCore

/// What the exchange or the catalog has refused lately, in words: the same invented name costs neither the broker nor the
/// ingestor anything twice. A value, under the lock of the `RelayTable`.
///
/// Bounded by `maximumCount`: beyond that all are forgotten, which costs a question each.
struct RefusalMemory {
    static let maximumCount = 10_000
    /// Short, for a name may come into being.
    static let lifetime = TimeAmount.seconds(30)

    private var refusals: [StreamName: (reason: String, until: NIODeadline)] = [:]

    var count: Int { refusals.count }

    mutating func remember(
        _ stream: StreamName,
        reason: String,
        at now: NIODeadline,
        for lifetime: TimeAmount = Self.lifetime
    ) {
        if refusals.count >= Self.maximumCount { refusals = refusals.filter { $0.value.until > now } }
        if refusals.count >= Self.maximumCount { refusals.removeAll() }
        refusals[stream] = (reason, now + lifetime)
    }

    mutating func reason(for stream: StreamName, at now: NIODeadline) -> String? {
        guard let refusal = refusals[stream] else { return nil }
        if refusal.until > now { return refusal.reason }
        refusals[stream] = nil
        return nil
    }
}
