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
final class IngestorMonitor: Sendable {
    private struct State {
        var last: Heartbeat?
        var heardAt: NIODeadline?
        var unreadable = 0
        var stale = 0
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
            return state.withLock { state in
                let epoch = state.last?.epoch ?? 0
                // An old leader that does not know yet that it is one proves nothing.
                guard heartbeat.epoch >= epoch else {
                    state.stale += 1
                    return nil
                }
                state.last = heartbeat
                state.heardAt = now()
                return (heartbeat, heartbeat.epoch > epoch)
            }
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

    var last: Heartbeat? { state.withLock { $0.last } }

    /// Messages on the heartbeat's channel that could not be read.
    var unreadable: Int { state.withLock { $0.unreadable } }

    /// How long no heartbeat was heard; since the start where there was none yet.
    var silence: TimeAmount { now() - (state.withLock { $0.heardAt } ?? started) }

    /// In words what is wrong with the ingestor, as far as this node hears; nil where nothing is.
    var complaint: String? {
        guard last != nil else { return "no heartbeat of an ingestor heard yet" }
        let silence = silence
        guard silence > timeout else { return nil }
        return "no heartbeat of the ingestor for \(silence.nanoseconds / 1_000_000_000) s"
    }
}
