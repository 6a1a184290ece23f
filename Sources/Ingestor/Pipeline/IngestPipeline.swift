import Logging
import NIOCore
import Shared
import Synchronization

/// The heart of the ingestor: a frame of the exchange in, publications out.
///
/// Owns the upstream session, the route and transform of each topic, and the sequencer. Lives on one event loop, that of
/// the upstream connection, and takes no lock per message: what a read brings in is handed to the publisher as one batch.
///
/// A frame that can't be used is counted, logged at a limited rate and skipped; nothing that the exchange sends ends the
/// connection or touches another stream.
final class IngestPipeline {
    private let eventLoop: any EventLoop
    private let isSimulated: Bool
    private let logger: RateLimitedLogger
    private let counters: IngestCounters
    private let publish: ([Publication]) -> Void
    private var session: UpstreamSession
    private var sequencer: Sequencer
    private var routes: [String: TopicRoute] = [:]
    private var refusals: [String: (reason: String, until: NIODeadline)] = [:]
    private var connection: WebSocketConnection?
    private var batch: [Publication] = []
    private var messages: [TransformedMessage] = []
    /// Called when the connection has ended.
    var onClosed: ((String) -> Void)?

    init(
        eventLoop: any EventLoop,
        settings: UpstreamSettings,
        epoch: UInt64,
        isSimulated: Bool,
        logger: RateLimitedLogger,
        counters: IngestCounters,
        publish: @escaping ([Publication]) -> Void
    ) {
        self.eventLoop = eventLoop
        self.isSimulated = isSimulated
        self.logger = logger
        self.counters = counters
        self.publish = publish
        self.session = UpstreamSession(settings: settings)
        self.sequencer = Sequencer(epoch: epoch)
    }

    /// True for a stream that the pipeline already serves: its place in the history need not be read.
    func knows(_ stream: StreamName) -> Bool { BybitTopic(stream).map { routes[$0.name] != nil } ?? false }

    /// Somebody wants `stream`. `position` is the last that the history holds of it.
    func want(_ stream: StreamName, after position: Position?) {
        eventLoop.assertInEventLoop()
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
            // Nobody listened for a while: events may have been missed since the last one that was published.
            routes[topic.name] = TopicRoute(topic: topic, mayHaveMissed: sequencer.hasPast(stream))
        }
        perform(session.want(topic.name, speaksSteadily: topic.speaksSteadily, at: now))
    }

    func unwant(_ stream: StreamName) {
        eventLoop.assertInEventLoop()
        guard let topic = BybitTopic(stream) else { return }
        session.unwant(topic.name, at: .now())
    }

    /// To be called every second or so.
    func tick() {
        let now = NIODeadline.now()
        perform(session.tick(at: now))
        if !refusals.isEmpty { refusals = refusals.filter { $0.value.until > now } }
        readCompleted()
    }

    /// Takes one text frame of the exchange.
    func ingest(_ frame: ByteBuffer) {
        counters.framesReceived.increment()
        let received = WallClock.microseconds()
        counters.lastFrameAt.store(received / 1000, ordering: .relaxed)
        do {
            try frame.withUnsafeReadableBytes { bytes in try take(BybitFrame(bytes), received: received) }
        } catch {
            counters.malformedFrames.increment()
            logger.log(
                .warning,
                key: "malformed",
                "skipped a frame of the exchange that can't be read",
                metadata: ["error": "\(error)", "begins": "\(Self.beginning(of: frame))"]
            )
        }
    }
}

extension IngestPipeline: WebSocketClientDelegate {
    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        counters.isConnected.store(true, ordering: .relaxed)
        perform(session.connected(at: .now()))
    }

    func received(_ message: ByteBuffer) { ingest(message) }

    func receivedOversized(bytes: Int) {
        counters.framesReceived.increment()
        counters.oversizedFrames.increment()
        logger.log(
            .warning,
            key: "oversized",
            "skipped a frame of the exchange that is too large",
            metadata: ["bytes": "\(bytes)"]
        )
    }

    /// Hands on what this read brought.
    func readCompleted() {
        guard !batch.isEmpty else { return }
        counters.publications.increment(by: batch.count)
        publish(batch)
        batch.removeAll(keepingCapacity: true)
    }

    func closed(reason: String) {
        connection = nil
        counters.isConnected.store(false, ordering: .relaxed)
        for route in routes.values { interrupt(route) }
        perform(session.disconnected())
        readCompleted()
        onClosed?(reason)
    }
}

extension IngestPipeline {
    private func take(_ frame: BybitFrame, received: Int64) throws(JSONError) {
        switch frame {
        case .pong: session.pong()
        case .acknowledgement(let answer): perform(session.acknowledged(answer, at: .now()))
        case .data(let data): try take(data, received: received)
        }
    }

    private func take(_ frame: BybitDataFrame, received: Int64) throws(JSONError) {
        let now = NIODeadline.now()
        guard let route = routes[frame.topic], session.heard(frame.topic, at: now) else {
            counters.unknownTopicFrames.increment()
            logger.log(
                .warning,
                key: "unknown topic",
                "skipped a frame of a topic that is not subscribed",
                metadata: ["topic": "\(frame.topic.prefix(80))"]
            )
            return
        }
        messages.removeAll(keepingCapacity: true)
        let outcome = try route.transform.apply(frame, to: &messages)
        if !messages.isEmpty {
            noticeGap(route, exchangeTime: frame.timestamp, received: received)
            for message in messages {
                append(message.kind, route.topic.stream, frame.timestamp, received, message.data)
            }
        }
        switch outcome {
        case .applied: break
        case .beforeSnapshot:
            counters.unusableFrames.increment()
            // Its snapshot was unreadable, or continuity was lost before the acknowledgement: it would wait for ever.
            perform(session.refresh(frame.topic, at: now))
        case .outOfSequence:
            counters.bookRestarts.increment()
            logger.log(
                .warning,
                key: frame.topic,
                "an order book lost its continuity and is subscribed anew",
                metadata: [:]
            )
            perform(session.refresh(frame.topic, at: now))
        }
    }

    /// What comes next of this topic starts anew, and may leave a hole.
    private func interrupt(_ route: TopicRoute) {
        route.transform.reset()
        route.mayHaveMissed = sequencer.hasPast(route.topic.stream)
    }

    /// Before the first event after an outage, a notice that events are missing. State (`latest`, `delta`) needs none: it
    /// goes on from a new snapshot.
    private func noticeGap(_ route: TopicRoute, exchangeTime: Int64, received: Int64) {
        guard route.mayHaveMissed else { return }
        route.mayHaveMissed = false
        guard route.topic.stream.deliveryClass == .event else { return }
        append(.gap(.upstream), route.topic.stream, exchangeTime, received, ByteBuffer())
    }

    private func append(
        _ kind: Publication.Kind,
        _ stream: StreamName,
        _ exchangeTime: Int64,
        _ received: Int64,
        _ data: ByteBuffer
    ) {
        batch.append(
            Publication(
                stream: stream,
                position: sequencer.next(stream),
                kind: kind,
                exchangeTime: exchangeTime,
                ingestTime: received,
                isSimulated: isSimulated,
                data: data
            )
        )
    }

    private func perform(_ actions: [UpstreamSession.Action]) {
        for action in actions {
            switch action {
            case .send(let request): send(request)
            case .confirmed(let name):
                guard let route = routes[name] else { continue }
                noticeGap(route, exchangeTime: WallClock.milliseconds(), received: WallClock.microseconds())
            case .refused(let name, let reason): refuse(name, reason: reason)
            case .interrupted(let name): if let route = routes[name] { interrupt(route) }
            case .dropped(let name): routes[name] = nil
            case .close(let reason):
                logger.log(
                    .warning,
                    key: "close",
                    "closing the connection to the exchange",
                    metadata: ["reason": "\(reason)"]
                )
                connection?.abort()
            }
        }
        counters.subscribedTopics.store(session.confirmedCount, ordering: .relaxed)
    }

    private func send(_ request: BybitRequest) {
        var buffer = ByteBuffer()
        request.write(into: &buffer)
        connection?.send(text: buffer)
    }

    private func refuse(_ name: String, reason: String) {
        counters.refusedTopics.increment()
        guard let route = routes.removeValue(forKey: name) else { return }
        logger.log(
            .warning,
            key: "refused",
            "the exchange refused a topic",
            metadata: ["topic": "\(name)", "reason": "\(reason)"]
        )
        refusals[name] = (reason, .now() + session.settings.refusalMemory)
        publishRefusal(of: route.topic.stream, reason: reason)
    }

    private func publishRefusal(of stream: StreamName, reason: String) {
        let refusal = Publication(
            stream: stream,
            position: Position(epoch: sequencer.epoch, sequence: 0),
            kind: .refusal,
            exchangeTime: WallClock.milliseconds(),
            ingestTime: WallClock.microseconds(),
            isSimulated: isSimulated,
            data: ByteBuffer(string: reason)
        )
        publish([refusal])
    }

    private static func beginning(of frame: ByteBuffer) -> String {
        String(decoding: frame.readableBytesView.prefix(120), as: UTF8.self)
    }
}
