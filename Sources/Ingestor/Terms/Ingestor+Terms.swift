import FeedKit
import Logging
import Platform
import ServiceLifecycle
import Stores
import Synchronization

/// From standby to leader and back, for as long as the process runs.
extension Ingestor {
    /// A term that ends before this was none: a wait follows, so that what ends it (a history that holds a term beyond
    /// all that are given, say) does not make the process connect to the exchange again and again.
    private static let worthwhileTerm = Duration.seconds(10)

    /// Returns on graceful shutdown or cancellation.
    func lead() async {
        var waits = Backoff(initial: .seconds(1), maximum: .seconds(30), multiplier: 2)
        var generator = SystemRandomNumberGenerator()
        logger.notice("standing by")
        while mayGoOn, let term = try? await nextTerm() {
            let began = ContinuousClock.now
            let outcome = await lead(term)
            guard !outcome.isLast, mayGoOn else { break }
            // One that waits to go on connects to nothing again.
            guard outcome.interlude == nil, ContinuousClock.now - began < Self.worthwhileTerm else {
                waits.reset()
                continue
            }
            let wait = waits.next(using: &generator)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
        await endInterlude()
    }

    private func nextTerm() async throws -> any LeaderTerm {
        try await cancelWhenGracefulShutdown {
            try await self.leadership.acquire { await self.endInterlude() }
        }
    }

    private func lead(_ term: any LeaderTerm) async -> IngestorTerm.Outcome {
        let began = ContinuousClock.now
        let droppedBefore = publishing.dropped.get()
        let last = past.withLock { $0.interlude?.epoch }
        if last != nil, term.previous != last { await endInterlude() }
        let (memory, interlude) = past.withLock { past in
            defer { past.interlude = nil }
            return past
        }
        let running = makeTerm(term, queue: interlude?.queue)
        current.withLock { $0 = (term.epoch, running.publisher) }
        logger.notice("this ingestor leads", metadata: ["epoch": "\(term.epoch)"])
        let outcome = await running.run(after: memory, continuing: interlude)
        past.withLock { $0 = (outcome.sequencer ?? memory, outcome.interlude) }
        current.withLock { $0 = nil }
        let lasted = ContinuousClock.now - began
        logger.notice(
            "this ingestor no longer leads",
            metadata: [
                "epoch": "\(term.epoch)", "reason": "\(outcome.reason)",
                "lasted": "\(Int(lasted / .milliseconds(1))) ms",
                "dropped": "\(publishing.dropped.get() - droppedBefore)",
                "kept": "\(outcome.interlude?.queue.size.count ?? 0)",
            ]
        )
        return outcome
    }

    /// Nothing goes on of the last term: another leads, or the process stops.
    private func endInterlude() async {
        guard let interlude = past.withLock({ $0.interlude.take() }) else { return }
        logger.notice(
            "what could not be delivered is given up: another has led, or the process stops",
            metadata: ["epoch": "\(interlude.epoch)", "dropped": "\(interlude.queue.size.count)"]
        )
        guard let sequencer = await interlude.end() else { return }
        past.withLock { $0.memory = sequencer }
    }

    private var mayGoOn: Bool { state.isRunning && !Task.isCancelled }
}
