import Core
import NIOCore

/// What an edge node must remember of a stream to give a late joiner its state.
///
/// `latest`: the last publication. `delta`: the last snapshot and the changes since, merged into a book only when
/// somebody joins. `event`: only the position. `transient`: nothing.
///
/// Bounded: the ingestor publishes a snapshot of a book every few hundred updates, and beyond `maximumDeltas`
/// the changes are merged.
struct StreamState: Sendable {
    static let maximumDeltas = 1024

    private(set) var position: Position?
    private var log: [Publication] = []
    private let descriptor: StreamDescriptor
    /// The book as of `merged` entries of the log; moves forward as snapshots are asked for.
    private var book = OrderBook()
    private var merged = 0

    init(_ descriptor: StreamDescriptor) {
        self.descriptor = descriptor
    }

    private var deliveryClass: DeliveryClass { descriptor.deliveryClass }

    /// Whether there is anything to tell a joiner.
    var isKnown: Bool { !log.isEmpty }

    /// The last publication with data, of a `latest` stream; nil where there is none.
    var newest: Publication? { log.last }

    /// False where a change would have nothing to be applied to.
    var hasBase: Bool { deliveryClass != .delta || !log.isEmpty }

    /// Follows one publication, whose place in the sequence its caller has checked.
    mutating func apply(_ publication: Publication) {
        position = publication.position
        switch (publication.kind, deliveryClass) {
        case (.gap, .delta): invalidate()
        case (.gap, _), (.refusal, _), (.transient, _), (_, .event), (_, .transient): break
        case (_, .latest):
            // In place: this is done for every publication.
            if log.isEmpty { log.append(publication) } else { log[0] = publication }
        case (.snapshot, .delta):
            log.removeAll(keepingCapacity: true)
            log.append(publication)
            merged = 0
        case (.update, .delta):
            // A change with nothing to apply it to is of no use to a joiner.
            guard !log.isEmpty else { return }
            log.append(publication)
            if log.count > Self.maximumDeltas { collapse() }
        }
    }

    /// The state as one publication of kind `snapshot`, at the stream's position; nil where there is none.
    mutating func snapshot() -> Publication? {
        guard let position, var snapshot = log.last else { return nil }
        if deliveryClass == .delta, log.count > 1 || merged > 0 {
            guard merge() else { return nil }
            snapshot.data = book.makeData(symbol: descriptor.presentation.subject)
        }
        snapshot.kind = .snapshot
        // Its origin has signed it at its own place.
        if snapshot.position != position { snapshot.signature = nil }
        snapshot.position = position
        return snapshot
    }

    /// The stream is at `position`, of which no publication is at hand.
    mutating func move(to position: Position) { self.position = position }

    /// A hole in the sequence, or a gap that the ingestor tells: for a `delta` stream what is known is worth nothing until the next snapshot.
    mutating func invalidate() {
        guard deliveryClass == .delta else { return }
        log.removeAll()
        merged = 0
    }

    private mutating func collapse() {
        guard let snapshot = snapshot() else { return invalidate() }
        log = [snapshot]
        merged = 0
    }

    /// Applies what the book does not hold yet. False where the data can't be read: the state is given up.
    private mutating func merge() -> Bool {
        for publication in log[merged...] {
            do {
                try book.apply(json: publication.data, isSnapshot: publication.kind == .snapshot)
            } catch {
                invalidate()
                return false
            }
        }
        merged = log.count
        return true
    }
}
