import Core
import Logging
import NIOCore
import Platform
import Synchronization

/// From a frame to publications, and from the session's actions to the socket.
extension IngestPipeline {
    func take(_ frame: BybitFrame, received: Int64) {
        switch frame {
        case .pong: session.pong()
        case .acknowledgement(let answer): perform(session.acknowledged(answer, at: .now()))
        case .data(let data): take(data, received: received)
        }
    }

    func take(_ frame: BybitDataFrame, received: Int64) {
        let now = NIODeadline.now()
        guard let route = routes[frame.topic] else {
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
        let outcome: TransformOutcome
        do throws(JSONError) {
            outcome = try route.transform.apply(frame, to: &messages)
        } catch {
            return takeUnreadable(of: route, cost: route.transform.costOfAFrame, error, at: now, received: received)
        }
        if !messages.isEmpty { append(messages, of: route, exchangeTime: frame.timestamp, received: received) }
        switch outcome {
        case .applied:
            session.heard(frame.topic, at: now)
            if frame.isSnapshot, route.topic.stream.deliveryClass != .event { session.tookSnapshot(frame.topic) }
        case .incomplete(let cost, let error):
            takeUnreadable(of: route, cost: cost, error, at: now, received: received)
        case .beforeSnapshot:
            counters.unusableFrames.increment()
            session.heardUnusable(frame.topic, at: now)
            // Its snapshot was unreadable, or continuity was lost before the acknowledgement: it would wait for ever.
            perform(session.refresh(frame.topic, at: now))
        case .outOfSequence:
            counters.bookRestarts.increment()
            session.heardUnusable(frame.topic, at: now)
            logger.log(
                .warning,
                key: frame.topic,
                "an order book lost its continuity and is subscribed anew",
                metadata: ["topic": "\(frame.topic)"]
            )
            perform(session.refresh(frame.topic, at: now))
        }
    }

    private func append(
        _ messages: [TransformedMessage],
        of route: TopicRoute,
        exchangeTime: Int64?,
        received: Int64
    ) {
        // A frame that tells no time is of the time at which it came.
        let exchangeTime = exchangeTime ?? received / 1000
        route.exchangeTime = exchangeTime
        noticeGap(route, exchangeTime: exchangeTime, received: received)
        route.losses.deliver()
        for message in messages {
            append(message.kind, route.topic.stream, exchangeTime, received, message.data)
        }
    }

    /// What comes next of this topic starts anew, and may leave a hole.
    func interrupt(_ route: TopicRoute) {
        route.transform.reset()
        route.mayHaveMissed = sequencer.hasPast(route.topic.stream)
    }

    /// Before the first event after an outage, a notice that events are missing. State (`latest`, `delta`) needs none:
    /// it goes on from a new snapshot.
    func noticeGap(_ route: TopicRoute, exchangeTime: Int64, received: Int64) {
        guard route.mayHaveMissed else { return }
        route.mayHaveMissed = false
        guard route.topic.stream.deliveryClass == .event else { return }
        let stream = route.topic.stream
        append(.gap(sequencer.gapReason(stream)), stream, exchangeTime, received, ByteBuffer())
    }

    func append(
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

    func perform(_ actions: [UpstreamSession.Action]) {
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

    func send(_ request: BybitRequest) {
        var buffer = ByteBuffer()
        request.write(into: &buffer)
        connection?.send(text: buffer)
    }

    func refuse(_ name: String, reason: String) {
        counters.refusedTopics.increment()
        guard let route = routes.removeValue(forKey: name) else { return }
        logger.log(
            .warning,
            key: "refused",
            "the exchange refused a topic",
            metadata: ["topic": "\(name)", "reason": "\(reason)"]
        )
        // Forgetting early costs a request to the exchange, remembering without end costs memory.
        if refusals.count >= Self.maximumRefusals { refusals.removeAll() }
        refusals[name] = (reason, .now() + session.settings.refusalMemory)
        publishRefusal(of: route.topic.stream, reason: reason)
    }

    func publishRefusal(of stream: StreamName, reason: String) {
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
}
