import Logging
import Shared
import Synchronization

/// Tells the ingestor which streams this node wants: changes at once, and all of it every third of a lease, when a new
/// leader is heard, and when the broker is back.
///
/// What changes while an announcement is under way is sent with the next one, of which only the outcome counts: a stream
/// is in one of two sets or in none, so what waits is bounded by the streams that the node knows.
final class DemandReporter: Sendable {
    private struct State {
        var wanted: Set<StreamName> = []
        var added: Set<StreamName> = []
        var removed: Set<StreamName> = []
        /// Their state was asked for and has not come yet.
        var unknown: Set<StreamName> = []
        var mustAsk = false
        var mustRenew = false
    }

    private let node: String
    private let board: any DemandBoard
    private let lease: Duration
    private let logger: RateLimitedLogger
    private let state = Mutex(State())
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    init(node: String, board: any DemandBoard, lease: Duration, logger: RateLimitedLogger) {
        self.node = node
        self.board = board
        self.lease = lease
        self.logger = logger
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ stream: StreamName) {
        state.withLock { state in
            state.wanted.insert(stream)
            state.added.insert(stream)
            state.removed.remove(stream)
        }
        wakeUp.yield()
    }

    func remove(_ stream: StreamName) {
        state.withLock { state in
            state.wanted.remove(stream)
            state.added.remove(stream)
            state.removed.insert(stream)
            state.unknown.remove(stream)
        }
        wakeUp.yield()
    }

    /// The state of `stream` is not known here: the ingestor is asked to publish it, now and with each renewal until it is
    /// `known`. An ingestor may not have heard, or have just told another node.
    func refresh(_ stream: StreamName) {
        state.withLock { state in
            state.unknown.insert(stream)
            state.mustAsk = true
        }
        wakeUp.yield()
    }

    func known(_ stream: StreamName) {
        state.withLock { _ = $0.unknown.remove(stream) }
    }

    /// All that is wanted is told again.
    func renew() {
        state.withLock { $0.mustRenew = true }
        wakeUp.yield()
    }

    /// Runs until cancelled; then says that the node wants nothing any longer.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: lease / 3)
                    renew()
                }
            }
            for await _ in wakeUps {
                for change in takeChanges() { await announce(change) }
            }
            group.cancelAll()
        }
        // In a task of its own, since this one is cancelled.
        await Task { await announce(.all([])) }.value
    }

    private func takeChanges() -> [DemandAnnouncement.Change] {
        state.withLock { state in
            defer {
                state.added = []
                state.removed = []
                state.mustAsk = false
                state.mustRenew = false
            }
            var changes: [DemandAnnouncement.Change] = []
            if state.mustRenew {
                changes.append(.all(state.wanted))
            } else {
                if !state.added.isEmpty { changes.append(.add(state.added)) }
                if !state.removed.isEmpty { changes.append(.remove(state.removed)) }
            }
            if state.mustAsk || state.mustRenew, !state.unknown.isEmpty { changes.append(.refresh(state.unknown)) }
            return changes
        }
    }

    private func announce(_ change: DemandAnnouncement.Change) async {
        do {
            try await board.announce(DemandAnnouncement(node: node, change: change))
        } catch {
            logger.log(
                .warning,
                key: "demand",
                "the ingestor could not be told what is wanted; the next renewal tells all of it",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
