import Logging
import ServiceLifecycle
import Shared
import Synchronization

/// From standby to leader and back, for as long as the process runs.
extension Ingestor {
    /// A term that ends before this was none: a wait follows, so that what ends it (a history that holds a term beyond
    /// all that are given, say) does not make the process connect to the exchange again and again.
    private static let worthwhileTerm = Duration.seconds(10)

    /// Returns on graceful shutdown or cancellation.
    func lead() async {
        var memory: Sequencer?
        var waits = Backoff(initial: .seconds(1), maximum: .seconds(30), multiplier: 2)
        var generator = SystemRandomNumberGenerator()
        logger.notice("standing by")
        while mayGoOn, let term = try? await cancelWhenGracefulShutdown({ try await self.leadership.acquire() }) {
            let began = ContinuousClock.now
            let droppedBefore = publishing.dropped.current
            let running = makeTerm(term)
            current.withLock { $0 = (term.epoch, running.publisher) }
            logger.notice("this ingestor leads", metadata: ["epoch": "\(term.epoch)"])
            let outcome = await running.run(after: memory)
            current.withLock { $0 = nil }
            memory = outcome.sequencer
            let lasted = ContinuousClock.now - began
            logger.notice(
                "this ingestor no longer leads",
                metadata: [
                    "epoch": "\(term.epoch)", "reason": "\(outcome.reason)",
                    "lasted": "\(Int(lasted / .milliseconds(1))) ms",
                    "dropped": "\(publishing.dropped.current - droppedBefore)",
                ]
            )
            guard !outcome.isLast, mayGoOn else { return }
            guard lasted < Self.worthwhileTerm else {
                waits.reset()
                continue
            }
            let wait = waits.next(using: &generator)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    private var mayGoOn: Bool { state.isRunning && !Task.isCancelled }
}
