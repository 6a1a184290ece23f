import NIOCore
import Shared
import Synchronization

/// Hands items from the broker's thread to a shard's loop: one lock for a batch, one wake-up for as many batches as
/// come before the loop gets to them.
///
/// Bounded in publications: what comes beyond is dropped and counted, and `.dropped` says so once for each stream and
/// batch that the shard takes, for the next publication, which would show the hole, may be long in coming. Control items
/// are never dropped.
final class ShardMailbox: Sendable {
    static let maximumPublications = 262_144

    private struct State {
        var items: [ShardItem] = []
        var publications = 0
        var dropped = 0
        /// Those that the shard will be told of when it takes what is here.
        var torn: Set<StreamName> = []
    }

    private let state = Mutex(State())

    /// Publications dropped since the start.
    var dropped: Int { state.withLock { $0.dropped } }

    /// Answers true where the mailbox was empty: the caller must then wake the shard.
    func post(_ items: [ShardItem]) -> Bool {
        state.withLock { state in
            let wasEmpty = state.items.isEmpty
            for item in items {
                if case .publication(let encoded) = item {
                    guard state.publications < Self.maximumPublications else {
                        state.dropped += 1
                        let stream = encoded.publication.stream
                        if state.torn.insert(stream).inserted { state.items.append(.dropped(stream)) }
                        continue
                    }
                    state.publications += 1
                }
                state.items.append(item)
            }
            return wasEmpty && !state.items.isEmpty
        }
    }

    func take() -> [ShardItem] {
        state.withLock { state in
            defer {
                state.items = []
                state.publications = 0
                state.torn = []
            }
            return state.items
        }
    }
}
