import Logging
import NIOCore
import ServiceLifecycle
import Shared
import Synchronization

/// The singleton that keeps the one connection to the exchange and publishes what comes of it.
///
/// A service: runs until graceful shutdown. Owns the pipeline, the publisher and the demand controller. Losing the
/// exchange is not an error: it reconnects with backoff for as long as it runs.
package final class Ingestor: Service {
    package struct Configuration: Sendable {
        package var url: WebSocketURL
        package var upstream = UpstreamSettings()
        package var backoff = Backoff(initial: .seconds(1), maximum: .seconds(60), multiplier: 2)
        package var demandLease: TimeAmount = .seconds(15)
        /// The term under which this ingestor publishes; must be higher than that of any before it.
        package var epoch: UInt64
        package var isSimulated = false

        package init(url: WebSocketURL, epoch: UInt64) {
            self.url = url
            self.epoch = epoch
        }
    }

    /// A connection that held for so long was a good one: the next loss starts from the shortest wait.
    private static let stableAfter: TimeAmount = .seconds(30)

    package let counters = IngestCounters()
    private let configuration: Configuration
    private let history: any History
    private let demand: any DemandBoard
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let publisher: Publisher
    private let running = Atomic(false)

    package init(
        configuration: Configuration,
        broker: any Broker,
        history: any History,
        demand: any DemandBoard,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.configuration = configuration
        self.history = history
        self.demand = demand
        self.eventLoop = group.next()
        self.logger = logger
        self.publisher = Publisher(history: history, broker: broker, logger: logger)
    }

    package var isRunning: Bool { running.load(ordering: .relaxed) }
    package var droppedPublications: Int { publisher.dropped }

    package var status: UpstreamStatus {
        var status = UpstreamStatus()
        status.isConnected = counters.isConnected.load(ordering: .relaxed)
        status.subscribedCount = counters.subscribedTopics.current
        status.messagesReceived = counters.framesReceived.current
        status.messagesSkipped = counters.skipped
        status.reconnectCount = counters.reconnects.current
        status.isSimulated = configuration.isSimulated
        let last = counters.lastFrameAt.load(ordering: .relaxed)
        if last > 0 { status.lastMessageAgo = Double(max(0, WallClock.milliseconds() - last)) / 1000 }
        return status
    }

    package func run() async throws {
        let pipeline = try await eventLoop.submit { [self] in NIOLoopBound(makePipeline(), eventLoop: eventLoop) }.get()
        let controller = DemandController(
            pipeline: pipeline,
            eventLoop: eventLoop,
            history: history,
            lease: configuration.demandLease,
            logger: RateLimitedLogger(logger)
        )
        let ticks = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            pipeline.value.tick()
            Task { await controller.expire() }
        }
        running.store(true, ordering: .relaxed)
        // Not a child of the group: an attempt to connect can't be cut short, and shutdown need not wait for it.
        let connecting = Task { await stayConnected(pipeline) }
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [publisher] in await publisher.run() }
                group.addTask { [demand] in
                    for await announcement in demand.announcements() { await controller.apply(announcement) }
                }
                try? await gracefulShutdown()
                connecting.cancel()
                group.cancelAll()
                publisher.finish()
            }
        } onGracefulShutdown: { [self] in
            running.store(false, ordering: .relaxed)
        }
        ticks.cancel()
    }

    private func makePipeline() -> IngestPipeline {
        IngestPipeline(
            eventLoop: eventLoop,
            settings: configuration.upstream,
            epoch: configuration.epoch,
            isSimulated: configuration.isSimulated,
            logger: RateLimitedLogger(logger),
            counters: counters,
            publish: { [publisher] batch in publisher.enqueue(batch) }
        )
    }

    private func stayConnected(_ pipeline: NIOLoopBound<IngestPipeline>) async {
        var backoff = configuration.backoff
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let start = NIODeadline.now()
            let reason = await connectOnce(pipeline)
            guard !Task.isCancelled else { return }
            if NIODeadline.now() - start > Self.stableAfter { backoff.reset() }
            let wait = backoff.next(using: &generator)
            counters.reconnects.increment()
            logger.warning(
                "the exchange is away",
                metadata: [
                    "reason": "\(reason)", "url": "\(configuration.url)",
                    "retry_in": "\(Int(wait / .milliseconds(1))) ms",
                ]
            )
            try? await Task.sleep(for: wait)
        }
    }

    /// Connects, and returns when the connection has ended or could not be made, with the reason.
    private func connectOnce(_ pipeline: NIOLoopBound<IngestPipeline>) async -> String {
        let ended = eventLoop.makePromise(of: String.self)
        do {
            let channel = try await WebSocketClient(group: eventLoop).connect(to: configuration.url) { _ in
                pipeline.value.onClosed = { ended.succeed($0) }
                return pipeline.value
            }
            if Task.isCancelled { channel.close(promise: nil) }
            logger.info("connected to the exchange", metadata: ["url": "\(configuration.url)"])
            return await withTaskCancellationHandler {
                (try? await ended.futureResult.get()) ?? "unknown"
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            ended.succeed("")
            return "\(error)"
        }
    }
}
