import Core
import Logging
import Platform
import Stores
import Synchronization

/// Tells the ingestor which streams this node wants: changes at once, and all of it every third of a lease, when a new
/// leader is heard, and when the broker is back.
///
/// What changes while an announcement is under way is sent with the next one, of which only the outcome counts: a stream
/// is in one of two sets or in none, so what waits is bounded by the streams that the node knows.
final class DemandReporter: Sendable {
    private struct State {
        /// With the rank of each, 0 for those that have been heard.
        var wanted: [StreamName: Int] = [:]
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

    func add(_ stream: StreamName, rank: Int = 0) {
        state.withLock { state in
            state.wanted[stream] = rank
            state.added.insert(stream)
            state.removed.remove(stream)
        }
        wakeUp.yield()
    }

    func remove(_ stream: StreamName) {
        state.withLock { state in
            state.wanted[stream] = nil
            state.added.remove(stream)
            state.removed.insert(stream)
            state.unknown.remove(stream)
        }
        wakeUp.yield()
    }

    /// Somebody who asks for less wants it too: the ingestor is told so.
    func lower(_ stream: StreamName, to rank: Int) {
        let isNews = state.withLock { state in
            guard let present = state.wanted[stream], rank < present else { return false }
            state.wanted[stream] = rank
            return state.added.insert(stream).inserted
        }
        if isNews { wakeUp.yield() }
    }

    /// It exists: the next leader is told so, this one knows.
    func heard(_ stream: StreamName) {
        state.withLock { state in
            if state.wanted[stream] != nil { state.wanted[stream] = 0 }
        }
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
                for (change, ranks) in takeChanges() { await announce(change, ranks) }
            }
            group.cancelAll()
        }
        // In a task of its own, since this one is cancelled.
        await Task { await announce(.all([])) }.value
    }

    private func takeChanges() -> [(DemandAnnouncement.Change, ranks: [StreamName: Int])] {
        state.withLock { state in
            defer {
                state.added = []
                state.removed = []
                state.mustAsk = false
                state.mustRenew = false
            }
            var changes: [(DemandAnnouncement.Change, ranks: [StreamName: Int])] = []
            if state.mustRenew {
                changes.append((.all(Set(state.wanted.keys)), state.wanted.filter { $0.value > 0 }))
            } else {
                let added = state.added
                var ranks: [StreamName: Int] = [:]
                for stream in added { if let rank = state.wanted[stream], rank > 0 { ranks[stream] = rank } }
                if !added.isEmpty { changes.append((.add(added), ranks)) }
                if !state.removed.isEmpty { changes.append((.remove(state.removed), [:])) }
            }
            if state.mustAsk || state.mustRenew, !state.unknown.isEmpty {
                changes.append((.refresh(state.unknown), [:]))
            }
            return changes
        }
    }

    private func announce(_ change: DemandAnnouncement.Change, _ ranks: [StreamName: Int] = [:]) async {
        do {
            try await board.announce(DemandAnnouncement(node: node, change: change, ranks: ranks))
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
