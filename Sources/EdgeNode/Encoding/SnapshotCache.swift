import Core
import Synchronization

/// The snapshots of one stream on a node, made once at each position for all who join there, whatever shard they are on:
/// the state by the first shard that asks, each variant's frame by the first that needs it (`Envelope`).
///
/// Any loop may ask; a shard waits here for as long as another makes a snapshot of this stream. Holds `maximum` positions,
/// since shards may stand at different ones for a moment: the oldest goes first. What the stream has moved on from is let
/// go by the sweeps of the shards, within a second.
final class SnapshotCache: Sendable {
    static let maximum = 4

    private struct State {
        var envelopes: [Envelope] = []
        var made = 0
    }

    private let state = Mutex(State())

    /// How many were made so far.
    var made: Int { state.withLock { $0.made } }

    var count: Int { state.withLock { $0.envelopes.count } }

    /// The snapshot at `position`; nil where there is none, and `make` can't tell it either.
    func snapshot(at position: Position, _ make: () -> Publication?) -> Envelope? {
        state.withLock { state in
            if let envelope = state.envelopes.first(where: { $0.publication.position == position }) { return envelope }
            guard let publication = make() else { return nil }
            let envelope = Envelope(publication, opensEpoch: false)
            state.made += 1
            if state.envelopes.count == Self.maximum { state.envelopes.removeFirst() }
            state.envelopes.append(envelope)
            return envelope
        }
    }

    /// A shard has moved on to `position`.
    func forget(before position: Position) {
        state.withLock { state in state.envelopes.removeAll { $0.publication.position < position } }
    }
}
