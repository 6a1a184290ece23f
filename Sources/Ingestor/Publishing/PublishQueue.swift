import Core
import FeedKit
import NIOCore
import Platform
import Synchronization

/// What waits to be delivered, between the ingestor's loop and the publisher's task.
///
/// Bounded in publications and in bytes, those in delivery included: a batch that does not fit is dropped whole and
/// counted, and its streams are remembered as losses. Safe on any thread: a lock is held for a few moves per batch.
final class PublishQueue: Sendable {
    private struct State {
        var waiting: [Publication] = []
        /// Waiting and in delivery.
        var size = Size()
        var reader: CheckedContinuation<[Publication], Never>?
        var isFinished = false
        /// Nothing is given out: between two terms.
        var isInterrupted = false
        var losses = StreamLosses()
    }

    /// How much room publications take.
    struct Size: Sendable, Hashable {
        var count = 0
        var bytes = 0

        init(count: Int = 0, bytes: Int = 0) {
            self.count = count
            self.bytes = bytes
        }

        init(_ publications: [Publication]) {
            count = publications.count
            for publication in publications {
                bytes += PublicationRecord.headerLength + publication.data.readableBytes
            }
        }

        static func + (left: Size, right: Size) -> Size {
            Size(count: left.count + right.count, bytes: left.bytes + right.bytes)
        }

        static func - (left: Size, right: Size) -> Size {
            Size(count: left.count - right.count, bytes: left.bytes - right.bytes)
        }

        func fits(_ bound: Size) -> Bool { count <= bound.count && bytes <= bound.bytes }
    }

    static let bound = Size(count: 200_000, bytes: 256 << 20)

    /// Told of what is dropped; nil where nobody waits for deliveries.
    let receipts: DeliveryReceipts?
    private let counters: PublishingCounters
    private let state = Mutex(State())

    init(counters: PublishingCounters, receipts: DeliveryReceipts? = nil) {
        self.counters = counters
        self.receipts = receipts
    }

    var size: Size { state.withLock { $0.size } }

    /// Never blocks. What comes after `finish` is dropped and counted.
    func append(_ batch: [Publication]) {
        // An empty batch is what tells the reader that the queue is finished.
        guard !batch.isEmpty else { return }
        let added = Size(batch)
        let reader = state.withLock { state -> CheckedContinuation<[Publication], Never>? in
            guard !state.isFinished, (state.size + added).fits(Self.bound) else {
                drop(batch, &state, isGivenUp: state.isFinished)
                return nil
            }
            state.size = state.size + added
            guard let reader = state.reader.take() else {
                state.waiting += batch
                return nil
            }
            return reader
        }
        reader?.resume(returning: batch)
    }

    /// All that waits, as soon as there is something; nothing when the queue is finished and empty, or interrupted.
    func next() async -> [Publication] {
        await withCheckedContinuation { continuation in
            let ready: [Publication]? = state.withLock { state in
                if state.isInterrupted { return [] }
                if state.waiting.isEmpty, !state.isFinished {
                    state.reader = continuation
                    return nil
                }
                defer { state.waiting = [] }
                return state.waiting
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// What was given out has been delivered or dropped.
    func left(_ size: Size) {
        state.withLock { $0.size = $0.size - size }
    }

    /// Counts publications that were given out as dropped; their room is given back by `left`.
    func drop(_ publications: [Publication]) {
        state.withLock { drop(publications, &$0, isGivenUp: false) }
    }

    /// Gives nothing out until `goOn`; what waits is kept, and more is taken.
    func interrupt() {
        let reader = state.withLock { state in
            state.isInterrupted = true
            return state.reader.take()
        }
        reader?.resume(returning: [])
    }

    func goOn() { state.withLock { $0.isInterrupted = false } }

    /// What was given out and not delivered goes in front of all that waits. Of `given` the room was given back already; of
    /// what is `behind` it was not.
    func putBack(_ given: [Publication], behind: [Publication]) {
        state.withLock { state in
            state.waiting = given + behind + state.waiting
            state.size = state.size + Size(given)
        }
    }

    /// Takes nothing more; what waits is still given out.
    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            return state.reader.take()
        }
        reader?.resume(returning: [])
    }

    /// Finishes, and drops what waits.
    func abandon() {
        state.withLock { state in
            state.isFinished = true
            drop(state.waiting, &state, isGivenUp: true)
            state.size = state.size - Size(state.waiting)
            state.waiting = []
        }
        finish()
    }

    /// The losses since the last call, but for those that `isHeldBack` says are not to be told yet; nil where there are
    /// none, or where the queue is so full that telling them would add to it.
    func takeLosses(_ isHeldBack: (StreamName) -> Bool) -> StreamLosses? {
        state.withLock { state in
            let half = Size(count: Self.bound.count / 2, bytes: Self.bound.bytes / 2)
            guard !state.losses.isEmpty, state.size.fits(half) else { return nil }
            let (kept, told) = state.losses.split(isHeldBack)
            state.losses = kept
            return told.isEmpty ? nil : told
        }
    }

    var waiting: [Publication] { state.withLock { $0.waiting } }

    func change(_ body: (inout [Publication]) -> Void) {
        state.withLock { state in
            let before = Size(state.waiting)
            body(&state.waiting)
            state.size = state.size - before + Size(state.waiting)
        }
    }

    /// - Parameter isGivenUp: The term is over, and nothing of it is delivered any more.
    private func drop(_ publications: [Publication], _ state: inout State, isGivenUp: Bool) {
        counters.dropped.add(publications.count)
        if isGivenUp {
            counters.droppedAsDeposed.add(publications.count)
        } else {
            counters.droppedAsFull.add(publications.count)
        }
        receipts?.dropped(publications)
        // Refusals stand outside the sequence: whoever still wants the stream is refused again.
        for publication in publications where publication.isSequenced { state.losses.insert(publication.stream) }
    }
}
