import Core
import FeedKit
import NIOCore
import Platform

/// The heart of the ingestor: what feeds tell in, publications out.
///
/// Owns the sessions of the feeds, the route of each stream that is wanted, and the sequencer. It knows routes, events and
/// the sequencer only: how a stream is asked for, and what a frame means, is the feed's. Lives on one event loop, that of
/// the feeds' connections, and takes no lock per message: what a read brings in is handed to the publisher as one batch.
final class IngestPipeline {
    /// Refused streams that are remembered at one time, and for how long each.
    static let maximumRefusals = 10_000
    static let refusalMemory: TimeAmount = .seconds(60)
    static let refreshInterval: TimeAmount = .seconds(1)
    /// Publications that are handed on together at most, within one read.
    static let maximumBatch = 32

    let eventLoop: any EventLoop
    let catalog: any StreamCatalog
    let isSimulated: Bool
    /// Streams that no feed brings may be published by hand.
    let takesInbox: Bool
    let logger: RateLimitedLogger
    let counters: IngestCounters
    let publish: ([Publication]) -> Void
    private(set) var feeds: [any FeedSession] = []
    var sequencer: Sequencer
    let positions: PublishedPositions
    var routes = RouteTable()
    var refusals: [StreamName: (reason: String, until: NIODeadline)] = [:]
    /// Streams that no feed brings and whose place is known, in this term or those that it goes on from.
    var inboxStreams: Set<StreamName> = []
    var batch: [Publication] = []
    private var ticks = 0
    /// The term is over: nothing more is taken in, and nothing handed on.
    var isEnded = false

    /// - Parameters:
    ///   - catalog: Says what the streams are; what it does not know is refused.
    ///   - feeds: Of those that serve a stream the first is asked for it.
    init(
        eventLoop: any EventLoop,
        catalog: any StreamCatalog,
        feeds: [any Feed],
        sequencer: Sequencer,
        logger: RateLimitedLogger,
        counters: IngestCounters,
        positions: PublishedPositions = PublishedPositions(),
        takesInbox: Bool = false,
        publish: @escaping ([Publication]) -> Void
    ) {
        self.eventLoop = eventLoop
        self.catalog = catalog
        self.isSimulated = feeds.contains { $0.isSimulated }
        self.takesInbox = takesInbox
        self.logger = logger
        self.counters = counters
        self.positions = positions
        self.publish = publish
        self.sequencer = sequencer
        self.feeds = feeds.map { $0.open(on: eventLoop, sink: self) }
    }

    /// True for a stream that the pipeline already serves: its place in the history need not be read.
    func knows(_ stream: StreamName) -> Bool { routes[stream] != nil || inboxStreams.contains(stream) }

    /// Somebody wants `stream`. `position` is the last that the history holds of it, `rank` what the feed is told.
    func want(_ stream: StreamName, after position: Position?, rank: Int = 0) {
        eventLoop.assertInEventLoop()
        guard !isEnded else { return }
        if let route = routes[stream] { return route.feed.want(route.descriptor, by: route.id, rank: rank) }
        guard !inboxStreams.contains(stream) else { return }
        guard let descriptor = catalog.descriptor(of: stream) else {
            return publishRefusal(of: stream, reason: "The exchange has no such stream")
        }
        guard let feed = feeds.first(where: { $0.serves(descriptor) }) else {
            if takesInbox { return serveByInbox(stream, after: position) }
            return publishRefusal(of: stream, reason: "No feed of this gateway brings this stream")
        }
        if let refusal = refusals[stream] {
            if refusal.until > .now() { return publishRefusal(of: stream, reason: refusal.reason) }
            refusals[stream] = nil
        }
        sequencer.resume(stream, after: position)
        noteUnheld(stream, after: position)
        if let position { positions.begin(stream, at: position) }
        // Nobody listened for a while: events may have been missed since the last one that was published.
        let route = routes.add(
            descriptor,
            of: feed,
            sequenced: counters.sequenced.cell(descriptor.kind),
            mayHaveMissed: sequencer.hasPast(stream)
        )
        feed.want(descriptor, by: route.id, rank: rank)
    }

    func unwant(_ stream: StreamName) {
        eventLoop.assertInEventLoop()
        guard !isEnded, let route = routes[stream] else { return }
        route.feed.unwant(route.id)
    }

    func unwantAll(but wanted: Set<StreamName>) {
        for stream in Array(routes.streams) where !wanted.contains(stream) { unwant(stream) }
    }

    func connect() {
        guard !isEnded else { return }
        for feed in feeds { feed.connect() }
    }

    /// To be called every second or so.
    func tick() {
        guard !isEnded else { return }
        for feed in feeds { feed.tick() }
        let now = NIODeadline.now()
        if !refusals.isEmpty { refusals = refusals.filter { $0.value.until > now } }
        ticks += 1
        if ticks % Self.memoryInterval == 0 { forgetUnwanted() }
        readCompleted()
    }
}
