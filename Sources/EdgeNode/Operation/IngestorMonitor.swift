import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// Hears the ingestor's heartbeats, which come through the same broker as the publications: whoever hears them would hear
/// those too. Any thread.
///
/// A message that can't be read is counted, logged at a limited rate and ignored: it came from a foreign publisher or a
/// newer release.
///
/// Whoever is heard in a lower term than the highest so far is not followed: mostly a leader that does not know yet that it is
/// none any more. Where nobody else is heard for `timeout` it is more than that (two ingestors with a Redis each, of which the
/// one that led higher has gone), and is said.
final class IngestorMonitor: Sendable {
    private struct State {
        var last: Heartbeat?
        var heardAt: NIODeadline?
        var unreadable = 0
        /// Those of a lower term than `last`.
        var refused = 0
        /// The last of them.
        var lower: (epoch: UInt64, heardAt: NIODeadline)?
        /// The log has it that nobody else is heard.
        var isRefusalTold = false
    }

    /// What is to be said of one.
    private enum Remark {
        case newTerm(UInt64, former: UInt64)
        case onlyLower(UInt64, followed: UInt64)
    }

    let timeout: TimeAmount
    private let started: NIODeadline
    private let now: @Sendable () -> NIODeadline
    private let logger: RateLimitedLogger
    private let state = Mutex(State())

    init(timeout: TimeAmount, logger: RateLimitedLogger, now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        self.timeout = timeout
        self.logger = logger
        self.now = now
        self.started = now()
    }

    /// Answers true where it is the first of a leader.
    func heard(_ message: ByteBuffer) -> Bool { take(message)?.isFirst ?? false }

    /// Nil for one that can't be read, or of a former leader. `isFirst` says that it is the first of a leader.
    func take(_ message: ByteBuffer) -> (heartbeat: Heartbeat, isFirst: Bool)? {
        do {
            let heartbeat = try Heartbeat(message)
            let now = now()
            let (former, remark) = state.withLock { note(heartbeat, at: now, &$0) }
            if let remark { tell(remark) }
            guard heartbeat.epoch >= former else { return nil }
            return (heartbeat, heartbeat.epoch > former)
        } catch {
            state.withLock { $0.unreadable += 1 }
            logger.log(
                .warning,
                key: "heartbeat",
                "ignored a heartbeat that can't be read",
                metadata: ["error": "\(error)"]
            )
            return nil
        }
    }

    /// Answers the highest term before this one, 0 for none.
    private func note(_ heartbeat: Heartbeat, at now: NIODeadline, _ state: inout State) -> (UInt64, Remark?) {
        let epoch = state.last?.epoch ?? 0
        // An old leader that does not know yet that it is one proves nothing.
        guard heartbeat.epoch >= epoch else {
            state.refused += 1
            state.lower = (heartbeat.epoch, now)
            guard !state.isRefusalTold, now - (state.heardAt ?? started) > timeout else { return (epoch, nil) }
            state.isRefusalTold = true
            return (epoch, .onlyLower(heartbeat.epoch, followed: epoch))
        }
        state.last = heartbeat
        state.heardAt = now
        state.isRefusalTold = false
        guard epoch > 0, heartbeat.epoch > epoch else { return (epoch, nil) }
        return (epoch, .newTerm(heartbeat.epoch, former: epoch))
    }

    private func tell(_ remark: Remark) {
        switch remark {
        case .newTerm(let epoch, let former):
            logger.log(
                .notice,
                key: "new term",
                "an ingestor is heard that leads in a higher term",
                metadata: ["epoch": "\(epoch)", "former_epoch": "\(former)"]
            )
        case .onlyLower(let epoch, let followed):
            logger.log(
                .warning,
                key: "lower term",
                "the only ingestor that is heard leads in a lower term and is not followed",
                metadata: ["epoch": "\(epoch)", "former_epoch": "\(followed)"]
            )
        }
    }

    var last: Heartbeat? { state.withLock { $0.last } }

    /// Messages on the heartbeat's channel that could not be read.
    var unreadable: Int { state.withLock { $0.unreadable } }

    /// Messages of leaders of a lower term, which were not followed.
    var refused: Int { state.withLock { $0.refused } }

    /// How long no heartbeat was heard; since the start where there was none yet.
    var silence: TimeAmount { now() - (state.withLock { $0.heardAt } ?? started) }

    /// In words what is wrong with the ingestor, as far as this node hears; nil where nothing is.
    var complaint: String? {
        let now = now()
        let (last, heardAt, lower) = state.withLock { ($0.last, $0.heardAt, $0.lower) }
        guard let last, let heardAt else { return "no heartbeat of an ingestor heard yet" }
        let silence = now - heardAt
        guard silence > timeout else { return nil }
        if let lower, lower.epoch < last.epoch, now - lower.heardAt <= timeout {
            return
                "heartbeats of a lower term (\(lower.epoch) < \(last.epoch)) are heard and not followed: end that ingestor with SIGTERM, or its rival; see TidegateTwoLeaders"
        }
        return "no heartbeat of the ingestor for \(silence.nanoseconds / 1_000_000_000) s"
    }
}
