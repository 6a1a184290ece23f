import Core
import DequeModule
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// Delivers the publications of one term, in their order, to the history and the broker.
///
/// One task, `run`, has one delivery under way at a time, of at most `maximumBatch` publications, so that a long queue
/// drains in bounded steps. A batch that fails stays at the head and is tried again, when the circuit breaker lets it:
/// nothing overtakes it. Right before each delivery the leader's term must still be held; a leader that was paused
/// delivers nothing more. What is dropped (`PublishQueue` bounds what waits) is counted, and told to edge nodes and
/// clients when deliveries work again: see `takeLosses`.
package final class Publisher: Sendable {
    /// Why `run` returned. What had not been delivered by then is dropped and counted.
    package enum End: Sendable, Hashable {
        /// `finish` was called and everything is delivered.
        case finished
        /// The task was cancelled.
        case cancelled
        /// The term is no longer held.
        case termLost
        /// The history has seen a higher term.
        case fenced(String)
    }

    /// With what was given out and is not delivered.
    typealias Stop = (end: End, left: [Publication])

    struct State {
        var breaker = CircuitBreaker()
        var deliveringSince: NIODeadline?
        /// What the last delivery failed of; nil once the stores have answered.
        var failure: String?
        /// Streams of which the history refused something. Bounded by the streams that are served.
        var blocked: [StreamName: Block] = [:]
        var generator = SystemRandomNumberGenerator()
    }

    struct Block {
        /// Nothing up to this number is delivered.
        var last = UInt64.max
        /// Why the stream's log can't be used; nil where only its numbers were wrong.
        var reason: String?
    }

    static let maximumBatch = 2048
    /// Of the store's words, as they are kept for the pages.
    static let maximumFailureLength = 300
    /// A delivery that takes longer proves nothing.
    private static let patience = TimeAmount.seconds(2)

    let outlet: any PublicationOutlet
    let term: any LeaderTerm
    let counters: PublishingCounters
    let logger: RateLimitedLogger
    /// Called for a stream that the history refused: to be read from the history, then `unblock`ed.
    let onConflict: @Sendable (StreamName, StreamConflict) -> Void
    let queue: PublishQueue
    let state = Mutex(State())
    /// What has been delivered, for the heartbeat to tell.
    let positions: PublishedPositions
    /// Nil where nothing is signed.
    let signer: PublicationSigner?

    /// - Parameter queue: What an earlier term of this process could not deliver, and goes on with.
    package convenience init(
        outlet: any PublicationOutlet,
        term: any LeaderTerm,
        counters: PublishingCounters,
        logger: RateLimitedLogger,
        onConflict: @escaping @Sendable (StreamName, StreamConflict) -> Void
    ) {
        let queue = PublishQueue(counters: counters)
        self.init(
            outlet: outlet,
            term: term,
            queue: queue,
            counters: counters,
            logger: logger,
            onConflict: onConflict
        )
    }

    init(
        outlet: any PublicationOutlet,
        term: any LeaderTerm,
        queue: PublishQueue,
        positions: PublishedPositions = PublishedPositions(),
        signer: PublicationSigner? = nil,
        counters: PublishingCounters,
        logger: RateLimitedLogger,
        onConflict: @escaping @Sendable (StreamName, StreamConflict) -> Void
    ) {
        self.outlet = outlet
        self.term = term
        self.counters = counters
        self.logger = logger
        self.onConflict = onConflict
        self.queue = queue
        self.positions = positions
        self.signer = signer
    }

    /// Publications that wait or are in delivery.
    package var queued: Int { queue.size.count }

    package var breaker: String { state.withLock { $0.breaker.word } }

    /// In the store's words why nothing was delivered the last time, cut short; nil where it was.
    package var failure: String? { state.withLock { $0.failure } }

    /// Streams that are not delivered because their logs can't be used, with the store's words.
    package var unusable: [StreamName: String] { state.withLock { $0.blocked.compactMapValues(\.reason) } }

    /// True while deliveries work: the last one succeeded, and none has been under way for long.
    package var isDelivering: Bool {
        state.withLock { state in
            guard state.breaker.isWell else { return false }
            return state.deliveringSince.map { NIODeadline.now() - $0 < Self.patience } ?? true
        }
    }

    /// Never blocks; may be called from any thread, in the order in which the publications are to be delivered.
    package func enqueue(_ batch: [Publication]) { queue.append(batch) }

    /// Takes nothing more; `run` returns when all that waits is delivered.
    package func finish() { queue.finish() }

    /// Streams of which publications were dropped and that can now be told so; nil where there are none, or where
    /// deliveries don't work. The caller has to see to it that each is told.
    package func takeLosses() -> StreamLosses? {
        guard isDelivering else { return nil }
        let blocked = state.withLock { $0.blocked }
        return queue.takeLosses { blocked[$0]?.last == .max }
    }

    /// What is numbered above `sequence` is right again and may be delivered.
    package func unblock(_ stream: StreamName, after sequence: UInt64) {
        state.withLock { state in
            state.blocked[stream]?.last = sequence
        }
    }

    /// Delivers until `finish` and then what is left, or until the term or the task ends. What is left then is dropped.
    package func run() async -> End {
        let end = await work()
        queue.abandon()
        return end
    }

    /// As `run`, but what is left is kept in the queue, which goes on taking more.
    func work() async -> End {
        await withTaskCancellationHandler {
            var backlog: Deque<Publication> = []
            let (end, left) = await deliverAll(&backlog)
            queue.interrupt()
            queue.putBack(left, behind: Array(backlog))
            return end
        } onCancel: {
            queue.interrupt()
        }
    }

    /// Nothing of these streams is delivered until they are `unblock`ed.
    func block(_ streams: some Sequence<StreamName>) {
        state.withLock { state in
            for stream in streams { state.blocked[stream] = Block() }
        }
    }

    private func deliverAll(_ backlog: inout Deque<Publication>) async -> Stop {
        while true {
            var batch: [Publication] = []
            if backlog.isEmpty {
                batch = await queue.next()
                guard !batch.isEmpty else { return (Task.isCancelled ? .cancelled : .finished, []) }
                if batch.count > Self.maximumBatch {
                    backlog = Deque(batch)
                    batch = []
                }
            }
            if batch.isEmpty {
                batch = Array(backlog.prefix(Self.maximumBatch))
                backlog.removeFirst(batch.count)
            }
            if let stop = await deliver(batch) { return stop }
        }
    }
}
