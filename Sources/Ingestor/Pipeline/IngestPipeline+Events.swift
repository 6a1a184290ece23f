import Core
import FeedKit
import Logging
import NIOCore
import Platform

/// From what feeds tell to publications.
extension IngestPipeline: FeedSink {
    func take(_ event: FeedEvent, of id: RouteID) {
        guard !isEnded, let route = routes[id] else { return }
        switch event {
        case .messages(let messages, let exchangeTime, let received):
            append(messages, of: route, exchangeTime: exchangeTime, received: received)
        case .unreadable(let received): tellLoss(route, received: received)
        case .interrupted:
            // What comes next starts anew, and may leave a hole.
            route.mayHaveMissed = sequencer.hasPast(route.stream)
        case .confirmed:
            noticeGap(route, exchangeTime: WallClock.milliseconds(), received: WallClock.microseconds())
        case .refused(let reason, let isFinal): refuse(route, reason: reason, isFinal: isFinal)
        case .dropped: routes.remove(route.stream)
        }
    }

    /// Hands on what this read brought.
    func readCompleted() {
        guard !batch.isEmpty else { return }
        counters.publications.add(batch.count)
        publish(batch)
        batch.removeAll(keepingCapacity: true)
    }

    private func append(
        _ messages: [FeedMessage],
        of route: PipelineRoute,
        exchangeTime: Int64?,
        received: Int64
    ) {
        if let exchangeTime { counters.ingestLag.record(exchangeTime &* 1000, at: received) }
        route.sequenced.add(messages.count)
        // A message that tells no time is of the time at which it came.
        let exchangeTime = exchangeTime ?? received / 1000
        route.exchangeTime = exchangeTime
        noticeGap(route, exchangeTime: exchangeTime, received: received)
        route.losses.deliver()
        for message in messages {
            append(message.kind, route.stream, exchangeTime, received, message.data)
        }
        // A burst is handed on in parts, so that it is written to clients while its rest is still being read.
        if batch.count >= Self.maximumBatch { readCompleted() }
    }

    /// Before the first event after an outage, a notice that events are missing. State (`latest`, `delta`) needs none:
    /// it goes on from a new snapshot.
    private func noticeGap(_ route: PipelineRoute, exchangeTime: Int64, received: Int64) {
        guard route.mayHaveMissed else { return }
        route.mayHaveMissed = false
        guard route.countsEach else { return }
        route.sequenced.add()
        append(.gap(sequencer.gapReason(route.stream)), route.stream, exchangeTime, received, ByteBuffer())
    }

    private func tellLoss(_ route: PipelineRoute, received: Int64) {
        guard route.losses.lose(at: .now()) else { return }
        let stream = route.stream
        // The same notice stands for what an outage may have cost.
        let reason = route.mayHaveMissed ? sequencer.gapReason(stream) : .upstream
        route.mayHaveMissed = false
        route.sequenced.add()
        append(.gap(reason), stream, received / 1000, received, ByteBuffer())
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

    private func refuse(_ route: PipelineRoute, reason: String, isFinal: Bool) {
        counters.refusedTopics.add()
        routes.remove(route.stream)
        logger.log(
            .warning,
            key: "refused",
            "the exchange refused a topic",
            metadata: ["stream": "\(route.stream)", "reason": "\(reason)"]
        )
        if isFinal {
            // Forgetting early costs a request to the exchange, remembering without end costs memory.
            if refusals.count >= Self.maximumRefusals { refusals.removeAll() }
            refusals[route.stream] = (reason, .now() + Self.refusalMemory)
        }
        publishRefusal(of: route.stream, reason: reason)
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
