import Core
import NIOCore

/// What an event has come to: actions in their order, and then what takes its time.
struct RelayOutcome: Sendable {
    private(set) var actions: [RelayAction] = []
    var step: RelayStep?

    init(step: RelayStep? = nil) {
        self.step = step
    }

    mutating func add(_ action: RelayAction) { actions.append(action) }

    mutating func give(_ items: [ShardItem], to shards: ShardSet) {
        if !items.isEmpty { actions.append(.give(items, to: shards)) }
    }

    mutating func tell(_ news: StateNews?) {
        if let news { actions.append(.tell(news)) }
    }

    /// The exchange does not serve the stream.
    mutating func refuse(_ refusal: Publication, for shards: ShardSet) {
        let reason = String(buffer: refusal.data)
        add(.refuse(reason: reason))
        give([.refused(refusal.stream, reason: reason)], to: shards)
        step = .unload
    }
}
