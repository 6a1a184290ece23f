import Core
import FeedKit
import Logging
import NIOCore
import Platform
import ServiceLifecycle
import Stores
import Synchronization

/// The singleton that keeps the feeds connected and publishes what comes of them.
///
/// A service: runs until graceful shutdown. Of several that run, its `Leadership` lets one at a time lead; the others
/// stand by, and follow the demand to be warm when their term comes. Losing the exchange, the stores or the lease is not
/// an error: it tries again for as long as it runs.
package final class Ingestor: Service {
    package struct Configuration: Sendable {
        package var demandLease: TimeAmount = .seconds(15)
        /// In which form heartbeats are written.
        package var wire = WireVersion.one
        /// How long a graceful shutdown waits for what is queued to be delivered.
        package var flushTimeout = Duration.seconds(5)
        /// By which it is told from others, as in the log of its process; nil: one of its own.
        package var id: String?
        /// As it is announced.
        package var program = Program.ingestor
        /// Where its pages are, to be announced; nil where that is not known.
        package var admin: String?
        /// How often it announces itself.
        package var announcementInterval = NodeAnnouncer.interval
        /// Of its shared secrets, as it announces them.
        package var keys: KeyMarks?

        package init() {}
    }

    package let counters = IngestCounters()
    package let publishing = PublishingCounters()
    /// Of all terms, for a pipeline may go on from one to the next.
    private let positions = PublishedPositions()
    let configuration: Configuration
    /// By which it is told from others.
    let id: String
    private let catalog: any StreamCatalog
    let feeds: [any Feed]
    let leadership: any Leadership
    private let outlet: any PublicationOutlet
    let broker: any Broker
    let history: any History
    private let announcements: AsyncStream<DemandAnnouncement>
    private let controller: DemandController
    /// Of the first feed that says which instruments there are; empty where none does.
    private let tellers: [InstrumentTeller]
    private let inbox: Inbox?
    private let signer: PublicationSigner?
    private let eventLoop: any EventLoop
    let logger: Logger
    private let limitedLogger: RateLimitedLogger
    private let running = Atomic(false)
    let current = Mutex<(epoch: UInt64, publisher: Publisher)?>(nil)
    /// Between two terms: what is left of the last one.
    let past = Mutex<(memory: Sequencer?, interlude: Interlude?)>((nil, nil))

    /// - Parameters:
    ///   - catalog: Says what the streams are.
    ///   - feeds: Where publications come from.
    ///   - control: Under which messages in the inbox are signed; nil: nothing is published by hand.
    ///   - signer: Signs what is delivered; nil for none.
    ///   - outlet: Where publications go; nil for the history and then the broker. All three are the caller's to close, after
    ///     `run` has returned.
    package init(
        configuration: Configuration,
        catalog: any StreamCatalog,
        feeds: [any Feed],
        leadership: any Leadership,
        outlet: (any PublicationOutlet)? = nil,
        broker: any Broker,
        history: any History,
        demand: any DemandBoard,
        control: ControlSigner? = nil,
        signer: PublicationSigner? = nil,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.configuration = configuration
        id = configuration.id ?? NodeID.ingestor()
        self.catalog = catalog
        self.feeds = feeds
        self.leadership = leadership
        self.outlet = outlet ?? HistoryThenBroker(history: history, broker: broker)
        self.broker = broker
        self.history = history
        // From now on, not only from `run` on: what is announced in between waits.
        self.announcements = demand.announcements()
        self.eventLoop = group.next()
        self.logger = logger
        self.limitedLogger = RateLimitedLogger(logger)
        let limitedLogger = limitedLogger
        self.tellers = feeds.compactMap { $0.instruments(on: group) }.prefix(1).map { source in
            InstrumentTeller(source: source, broker: broker, wire: configuration.wire, logger: limitedLogger)
        }
        self.inbox = control.map { Inbox(signer: $0, broker: broker, history: history, logger: limitedLogger) }
        self.signer = signer
        self.controller = DemandController(
            eventLoop: eventLoop,
            history: history,
            lease: configuration.demandLease,
            logger: limitedLogger
        )
    }

    /// What was published by hand; nil where nothing can be.
    package var inboxCounters: InboxCounters? { inbox?.counters }

    /// Streams that some node wants, as far as it was heard.
    var demandedStreams: Int { get async { await controller.demanded } }

    package var state: IngestorState {
        var state = IngestorState()
        state.isRunning = running.load(ordering: .relaxed)
        state.broker = broker.status
        state.history = history.status
        state.upstream = status
        state.leadershipProblem = leadership.problem
        state.queued = past.withLock { $0.interlude?.queue.size.count ?? 0 }
        if let (epoch, publisher) = current.withLock({ $0 }) {
            state.role = .leader(epoch: epoch)
            state.breaker = publisher.breaker
            state.deliveryProblem = publisher.failure
            state.queued = publisher.queued
            state.unusableLogs = publisher.unusable
        }
        return state
    }

    package func run() async throws {
        running.store(true, ordering: .relaxed)
        defer { running.store(false, ordering: .relaxed) }
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { [announcements, controller] in
                    for await announcement in announcements { await controller.apply(announcement) }
                }
                group.addTask { [self, controller] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: .seconds(1))
                        await controller.tick(isDeaf: isDeaf)
                    }
                }
                group.addTask { [self] in
                    let announcer = NodeAnnouncer(
                        broker: broker,
                        interval: configuration.announcementInterval,
                        logger: limitedLogger
                    ) { self.announcement }
                    await announcer.run()
                }
                await lead()
                group.cancelAll()
            }
        } onGracefulShutdown: { [self] in
            running.store(false, ordering: .relaxed)
        }
    }

    /// What nodes announce comes over stores that do not answer now.
    private var isDeaf: Bool {
        if let (_, publisher) = current.withLock({ $0 }) { return !publisher.isDelivering || !broker.status.isUsable }
        return past.withLock { $0.interlude != nil } || !broker.status.isUsable
    }

    /// - Parameter queue: What the term before could not deliver.
    func makeTerm(_ term: any LeaderTerm, queue: PublishQueue?) -> IngestorTerm {
        let publisher = Publisher(
            outlet: outlet,
            term: term,
            queue: queue ?? PublishQueue(counters: publishing, receipts: inbox?.receipts),
            positions: positions,
            signer: signer,
            counters: publishing,
            logger: limitedLogger,
            onConflict: { [controller] stream, conflict in Task { await controller.renumber(stream, after: conflict) } }
        )
        return IngestorTerm(
            configuration: configuration,
            catalog: catalog,
            feeds: feeds,
            term: term,
            publisher: publisher,
            controller: controller,
            history: history,
            heartbeater: Heartbeater(
                broker: broker,
                term: term,
                publisher: publisher,
                upstream: { [weak self] in self?.status ?? UpstreamStatus() },
                logger: limitedLogger,
                wire: configuration.wire,
                instruments: { [tellers] in tellers.first?.checksum }
            ),
            tellers: tellers,
            inbox: inbox,
            eventLoop: eventLoop,
            counters: counters,
            logger: logger
        )
    }
}
