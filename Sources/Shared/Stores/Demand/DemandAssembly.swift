import Core
import NIOCore

/// Puts announcements that came in parts together again: pure, and driven by messages and the time.
///
/// Of each node one announcement at a time can be incomplete: it is dropped when the next of that node comes, or when it
/// is older than `patience`. Bounded by `maximumPending` incomplete announcements and `maximumNames` names in them, so
/// that a sender of parts without end claims no memory: beyond that the oldest incomplete one is dropped.
struct DemandAssembly {
    private struct Pending {
        let number: Int64
        let verb: DemandMessage.Verb
        let parts: Int
        let since: NIODeadline
        var missing: Set<Int>
        var streams: Set<StreamName> = []
        var ranks: [StreamName: Int] = [:]

        init(_ message: DemandMessage, since: NIODeadline) {
            number = message.number
            verb = message.verb
            parts = message.parts
            missing = Set(0..<message.parts)
            self.since = since
        }

        func isOne(with message: DemandMessage) -> Bool {
            number == message.number && parts == message.parts && verb == message.verb
        }
    }

    static let maximumPending = 1000
    static let maximumNames = 1_000_000
    static let patience = TimeAmount.seconds(10)

    private var pending: [String: Pending] = [:]
    private var names = 0

    /// Incomplete announcements.
    var count: Int { pending.count }

    /// The announcement that `message` is, or that it completes.
    mutating func take(_ message: DemandMessage, at now: NIODeadline) -> DemandAnnouncement? {
        var earlier = remove(message.node)
        guard message.parts > 1 else { return DemandAnnouncement(message, message.streams, message.ranks) }
        if let since = earlier?.since, now - since >= Self.patience { earlier = nil }
        if earlier?.isOne(with: message) == false { earlier = nil }
        // Taken, not copied: its names are added to in place.
        var current = earlier.take() ?? Pending(message, since: now)
        if current.missing.remove(message.part) != nil {
            current.streams.formUnion(message.streams)
            current.ranks.merge(message.ranks) { min($0, $1) }
        }
        guard current.streams.count <= DemandAnnouncement.maximumStreams else { return nil }
        guard !current.missing.isEmpty else { return DemandAnnouncement(message, current.streams, current.ranks) }
        while pending.count >= Self.maximumPending || names + current.streams.count > Self.maximumNames {
            guard let oldest = pending.min(by: { $0.value.since < $1.value.since }) else { break }
            _ = remove(oldest.key)
        }
        pending[message.node] = current
        names += current.streams.count
        return nil
    }

    private mutating func remove(_ node: String) -> Pending? {
        guard let removed = pending.removeValue(forKey: node) else { return nil }
        names -= removed.streams.count
        return removed
    }
}

extension DemandAnnouncement {
    fileprivate init(_ message: DemandMessage, _ streams: Set<StreamName>, _ ranks: [StreamName: Int]) {
        let change: Change =
            switch message.verb {
            case .all: .all(streams)
            case .add: .add(streams)
            case .remove: .remove(streams)
            case .refresh: .refresh(streams)
            }
        self.init(node: message.node, change: change, ranks: ranks)
    }
}
