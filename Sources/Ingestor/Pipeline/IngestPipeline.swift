import Core
import Logging
import NIOCore
import Platform
import Synchronization

/// The heart of the ingestor: a frame of the exchange in, publications out.
///
/// Owns the upstream session, the route and transform of each topic, and the sequencer. Lives on one event loop, that
/// of the upstream connection, and takes no lock per message: what a read brings in is handed to the publisher as one
/// batch.
///
/// What can't be used of a frame is counted and logged at a limited rate, and costs the streams that it may have been
/// for: a gap notice those of events, a fresh snapshot those with state. Nothing that the exchange sends ends the
/// connection or touches another stream.
final class IngestPipeline {
    /// Refused topics that are remembered at one time.
    static let maximumRefusals = 10_000
    static let refreshInterval: TimeAmount = .seconds(1)
    /// Publications that are handed on together at most, within one read.
    private static let maximumBatch = 32

    let eventLoop: any EventLoop
    let isSimulated: Bool
    let logger: RateLimitedLogger
    let counters: IngestCounters
    let publish: ([Publication]) -> Void
    var session: UpstreamSession
    var sequencer: Sequencer
    let positions: PublishedPositions
    var routes: [String: TopicRoute] = [:]
    var refusals: [String: (reason: String, until: NIODeadline)] = [:]
    var connection: WebSocketConnection?
    var batch: [Publication] = []
    var messages: [TransformedMessage] = []
    private var ticks = 0
    /// The term is over: nothing more is taken in, and nothing handed on.
    var isEnded = false
    /// Called when the connection has ended.
    var onClosed: ((String) -> Void)?

    init(
        eventLoop: any EventLoop,
        settings: UpstreamSettings,
        sequencer: Sequencer,
        isSimulated: Bool,
        logger: RateLimitedLogger,
        counters: IngestCounters,
        positions: PublishedPositions = PublishedPositions(),
        publish: @escaping ([Publication]) -> Void
    ) {
        self.eventLoop = eventLoop
        self.isSimulated = isSimulated
        self.logger = logger
        self.counters = counters
        self.positions = positions
        self.publish = publish
        self.session = UpstreamSession(settings: settings)
        self.sequencer = sequencer
    }

    /// True for a stream that the pipeline already serves: its place in the history need not be read.
    func knows(_ stream: StreamName) -> Bool { BybitTopic(stream).map { routes[$0.name] != nil } ?? false }

    /// Somebody wants `stream`. `position` is the last that the history holds of it, `rank` what the session is told.
    func want(_ stream: StreamName, after position: Position?, rank: Int = 0) {
        eventLoop.assertInEventLoop()
        guard !isEnded else { return }
        let now = NIODeadline.now()
        guard let topic = BybitTopic(stream) else {
            return publishRefusal(of: stream, reason: "The exchange has no such stream")
        }
        if let refusal = refusals[topic.name] {
            if refusal.until > now { return publishRefusal(of: stream, reason: refusal.reason) }
            refusals[topic.name] = nil
        }
        if routes[topic.name] == nil {
            sequencer.resume(stream, after: position)
            noteUnheld(stream, after: position)
            if let position { positions.begin(stream, at: position) }
            // Nobody listened for a while: events may have been missed since the last one that was published.
            routes[topic.name] = TopicRoute(topic: topic, mayHaveMissed: sequencer.hasPast(stream))
        }
        let actions = session.want(topic.name, rank: rank, speaksSteadily: topic.speaksSteadily, at: now)
        // Each node repeats all that it wants: for what is served already there is nothing to do.
        if !actions.isEmpty { perform(actions) }
    }

    func unwant(_ stream: StreamName) {
        eventLoop.assertInEventLoop()
        guard let topic = BybitTopic(stream) else { return }
        let actions = session.unwant(topic.name, at: .now())
        if !actions.isEmpty { perform(actions) }
    }

    func unwantAll(but wanted: Set<StreamName>) {
        for route in routes.values where !wanted.contains(route.topic.stream) { unwant(route.topic.stream) }
    }

    /// To be called every second or so.
    func tick() {
        guard !isEnded else { return }
        let now = NIODeadline.now()
        perform(session.tick(at: now))
        counters.noteUnreadable(session.unreadable(at: now))
        let report = session.report
        counters.report.withLock { $0 = report }
        if !refusals.isEmpty { refusals = refusals.filter { $0.value.until > now } }
        ticks += 1
        if ticks % Self.memoryInterval == 0 { forgetUnwanted() }
        readCompleted()
    }

    /// Takes one text frame of the exchange.
    func ingest(_ frame: ByteBuffer) {
        counters.framesReceived.increment()
        let received = WallClock.microseconds()
        counters.lastFrameAt.store(received / 1000, ordering: .relaxed)
        frame.withUnsafeReadableBytes { bytes in
            do throws(JSONError) {
                take(try BybitFrame(bytes), received: received)
            } catch {
                takeUnreadable(bytes, error, received: received)
            }
        }
    }
}

extension IngestPipeline: WebSocketClientDelegate {
    func opened(_ connection: WebSocketConnection) {
        // An attempt to connect can't be cut short: this one came through after the term was over.
        guard !isEnded else { return connection.abort() }
        self.connection = connection
        counters.isConnected.store(true, ordering: .relaxed)
        perform(session.connected(at: .now()))
    }

    func received(_ message: ByteBuffer) {
        guard !isEnded else { return }
        ingest(message)
        // A burst is handed on in parts, so that it is written to clients while its rest is still being read.
        if batch.count >= Self.maximumBatch { readCompleted() }
    }

    func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {
        guard !isEnded else { return }
        counters.framesReceived.increment()
        takeOversized(beginning, bytes: bytes)
    }

    /// Hands on what this read brought.
    func readCompleted() {
        guard !batch.isEmpty else { return }
        counters.publications.increment(by: batch.count)
        publish(batch)
        batch.removeAll(keepingCapacity: true)
    }

    func closed(reason: String) {
        guard !isEnded else {
            onClosed?(reason)
            return
        }
        connection = nil
        counters.isConnected.store(false, ordering: .relaxed)
        for route in routes.values { interrupt(route) }
        perform(session.disconnected())
        readCompleted()
        onClosed?(reason)
    }
}
