import Core
import Platform
import Synchronization

/// The snapshots of one stream on a node, made once at each position for all who join there, whatever shard they are on:
/// the state by the first shard that asks, each variant's frame by the first that needs it (`Envelope`).
///
/// Any loop may ask; a shard waits here only for another that makes the very snapshot that it has asked for. Holds `maximum`
/// positions, since shards may stand at different ones for a moment: the oldest goes first. What the stream has moved on from is
/// let go by the sweeps of the shards, within a second.
final class SnapshotCache: Sendable {
    static let maximum = 4

    /// The snapshot at one position; nil until it has been made.
    private final class Place: Sendable {
        let position: Position
        let envelope = Mutex<Envelope?>(nil)

        init(_ position: Position) {
            self.position = position
        }
    }

    private let places = Mutex<[Place]>([])
    private let makings = Counter<AnyThread>()

    /// How many were made so far.
    var made: Int { makings.get() }

    /// How many are held.
    var count: Int { places.withLock { $0.count } }

    /// The snapshot at `position`; nil where there is none, and `make` can't tell it either.
    func snapshot(at position: Position, _ make: () -> Publication?) -> Envelope? {
        place(of: position).envelope.withLock { envelope in
            if let envelope { return envelope }
            envelope = make().map { Envelope($0, opensEpoch: false) }
            if envelope != nil { makings.add() }
            return envelope
        }
    }

    private func place(of position: Position) -> Place {
        places.withLock { places in
            if let place = places.first(where: { $0.position == position }) { return place }
            let place = Place(position)
            if places.count == Self.maximum { places.removeFirst() }
            places.append(place)
            return place
        }
    }

    /// A shard has moved on to `position`.
    func forget(before position: Position) {
        places.withLock { places in places.removeAll { $0.position < position } }
    }
}
