import Core
import DequeModule
import Synchronization

/// The history of the standalone process: a ring per stream behind one lock, gone with the process.
///
/// Bounded by the retention's entries per stream and by its idle expiry, which is enforced as others append. Of a stream
/// that was forgotten its last position is kept for the head expiry, of at most `maximumHeads`: the oldest go first.
package final class InProcessHistory: History {
    static let maximumHeads = 100_000

    /// Where a stream stood that has no log any longer.
    private struct Head {
        var position: Position
        var touched: ContinuousClock.Instant
    }

    private struct Log {
        var entries: Deque<Publication> = []
        var touched: ContinuousClock.Instant
        let bound: Int
    }

    private struct State {
        var logs: [StreamName: Log] = [:]
        var heads: [StreamName: Head] = [:]
        var nextExpiry: ContinuousClock.Instant
    }

    private let retention: Retention
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    package init(
        retention: Retention = Retention(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.retention = retention
        self.now = now
        self.state = Mutex(State(nextExpiry: now() + retention.idleExpiry))
    }

    package func append(_ batch: [Publication]) async throws {
        let instant = now()
        try state.withLock { state in
            for publication in batch where publication.isSequenced {
                // Forgotten is forgotten, also where the sweep below has not come by yet.
                if let log = state.logs[publication.stream], log.touched + retention.idleExpiry <= instant {
                    state.logs[publication.stream] = nil
                }
                let stream = publication.stream
                try Self.append(
                    publication,
                    to: &state.logs[stream, default: Log(touched: instant, bound: retention.entries(of: stream))],
                    at: instant
                )
            }
            guard instant >= state.nextExpiry else { return }
            sweep(&state, at: instant)
        }
    }

    package func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice {
        let instant = now()
        return state.withLock { state in
            guard let log = state.logs[stream], let oldest = log.entries.first, let latest = log.entries.last,
                log.touched + retention.idleExpiry > instant
            else { return HistorySlice(latest: head(of: stream, state, at: instant)) }
            let entries = log.entries.drop { $0.position.sequence < sequence }.prefix(limit)
            return HistorySlice(entries: Array(entries), oldest: oldest.position, latest: latest.position)
        }
    }

    package var status: StoreStatus { .connected }

    package func close() async {}

    private func head(of stream: StreamName, _ state: State, at instant: ContinuousClock.Instant) -> Position? {
        if let log = state.logs[stream], let last = log.entries.last?.position {
            return isRemembered(log.touched, at: instant) ? last : nil
        }
        return state.heads[stream].flatMap { isRemembered($0.touched, at: instant) ? $0.position : nil }
    }

    private func isRemembered(_ touched: ContinuousClock.Instant, at instant: ContinuousClock.Instant) -> Bool {
        touched + max(retention.headExpiry, retention.idleExpiry) > instant
    }

    private func sweep(_ state: inout State, at instant: ContinuousClock.Instant) {
        for (stream, log) in state.logs where log.touched + retention.idleExpiry <= instant {
            if let last = log.entries.last { state.heads[stream] = Head(position: last.position, touched: log.touched) }
            state.logs[stream] = nil
        }
        state.heads = state.heads.filter { state.logs[$0.key] == nil && isRemembered($0.value.touched, at: instant) }
        if state.heads.count > Self.maximumHeads {
            let newest = state.heads.sorted { $0.value.touched > $1.value.touched }.prefix(Self.maximumHeads)
            state.heads = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
        }
        state.nextExpiry = instant + retention.idleExpiry / 4
    }

    private static func append(
        _ publication: Publication,
        to log: inout Log,
        at instant: ContinuousClock.Instant
    ) throws(HistoryError) {
        if let last = log.entries.last?.position {
            guard publication.position.epoch >= last.epoch else {
                throw .fenced(publication.stream, epoch: publication.position.epoch, current: last.epoch)
            }
            guard publication.position.sequence > last.sequence else {
                // Only one writer has this epoch: it repeats itself.
                if publication.position.epoch == last.epoch { return }
                throw .outOfOrder(publication.stream, sequence: publication.position.sequence, last: last.sequence)
            }
        }
        while log.entries.count >= log.bound { log.entries.removeFirst() }
        log.entries.append(publication)
        log.touched = instant
    }
}
