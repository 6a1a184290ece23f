import Core
import DequeModule
import NIOCore
import Synchronization

/// Hands items from the broker's thread to a shard's loop: a lock that is held for a moment, and one wake-up for as many
/// items as come before the loop gets to them.
///
/// Bounded in publications: what comes beyond is dropped and counted, and `.dropped` says so once for each stream and
/// batch that the shard takes, for the next publication, which would show the hole, may be long in coming. Control items
/// are never dropped.
final class ShardMailbox: Sendable {
    static let maximumPublications = 262_144
    /// Room for so many is kept, some 3 MiB.
    private static let mostKept = 16_384

    private struct State {
        var items: Deque<ShardItem> = []
        var publications = 0
        var dropped = 0
        /// Those that the shard will be told of when it takes what is here.
        var torn: Set<StreamName> = []
        /// When the first of these came.
        var since = NIODeadline.uptimeNanoseconds(0)
        /// How many were taken last.
        var taken = 0

        mutating func add(_ item: ShardItem) {
            if case .publication(let envelope) = item {
                guard publications < maximumPublications else { return drop(envelope.publication.stream) }
                publications += 1
            }
            items.append(item)
        }

        private mutating func drop(_ stream: StreamName) {
            dropped += 1
            if torn.insert(stream).inserted { items.append(.dropped(stream)) }
        }
    }

    private let state = Mutex(State())

    /// Publications dropped since the start.
    var dropped: Int { state.withLock { $0.dropped } }

    /// Answers true where the mailbox was empty: the caller must then wake the shard.
    func post(_ item: ShardItem) -> Bool {
        state.withLock { state in
            let wasEmpty = state.items.isEmpty
            if wasEmpty { state.since = .now() }
            state.add(item)
            return wasEmpty
        }
    }

    /// Hands all over that is here. The room that `inbox` had is kept for what comes next, but not that of an overload: it
    /// must be empty.
    ///
    /// - Returns: When the first of them came.
    @discardableResult
    func take(into inbox: inout Deque<ShardItem>) -> NIODeadline {
        precondition(inbox.isEmpty, "what was taken last would come after what is taken now")
        return state.withLock { state in
            if state.taken > Self.mostKept { inbox = [] }
            swap(&state.items, &inbox)
            state.taken = inbox.count
            state.publications = 0
            if !state.torn.isEmpty { state.torn = [] }
            return state.since
        }
    }
}
