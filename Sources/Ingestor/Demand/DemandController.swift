import Logging
import NIOCore
import Shared

/// Turns announcements of demand into subscriptions at the exchange.
///
/// An actor beside the pipeline: before a stream is subscribed for the first time, its last position is read from the
/// history, which may take a round trip.
actor DemandController {
    private let pipeline: NIOLoopBound<IngestPipeline>
    private let eventLoop: any EventLoop
    private let history: any History
    private let logger: RateLimitedLogger
    private var ledger: DemandLedger

    init(
        pipeline: NIOLoopBound<IngestPipeline>,
        eventLoop: any EventLoop,
        history: any History,
        lease: TimeAmount,
        logger: RateLimitedLogger
    ) {
        self.pipeline = pipeline
        self.eventLoop = eventLoop
        self.history = history
        self.logger = logger
        self.ledger = DemandLedger(lease: lease)
    }

    func apply(_ announcement: DemandAnnouncement) async {
        await perform(ledger.apply(announcement, at: .now()))
    }

    func expire() async {
        await perform(ledger.expire(at: .now()))
    }

    private func perform(_ change: DemandLedger.Change) async {
        let pipeline = pipeline
        let unwanted = change.unwanted
        if !unwanted.isEmpty {
            eventLoop.execute { for stream in unwanted { pipeline.value.unwant(stream) } }
        }
        guard !change.wanted.isEmpty else { return }
        let wanted = change.wanted.sorted { $0.canonical < $1.canonical }
        let unknown = try? await eventLoop.submit {
            wanted.filter { stream in
                guard pipeline.value.knows(stream) else { return true }
                pipeline.value.want(stream, after: nil)
                return false
            }
        }.get()
        for stream in unknown ?? [] { await begin(stream) }
    }

    /// A stream whose history can't be read is not started: its sequence could repeat. The node's next announcement, a
    /// third of a lease later, tries again.
    private func begin(_ stream: StreamName) async {
        do {
            let position = try await history.read(stream, from: .max, limit: 0).latest
            // While the history was read, the last of those who wanted it may have gone.
            guard ledger.isWanted(stream) else { return }
            let pipeline = pipeline
            eventLoop.execute { pipeline.value.want(stream, after: position) }
        } catch {
            logger.log(
                .error,
                key: "history",
                "a stream can't be started: its history can't be read",
                metadata: ["stream": "\(stream)", "error": "\(error)"]
            )
        }
    }
}
