import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Synchronization

/// From a frame to what its route is told.
extension BybitConnection {
    /// Takes one text frame of the exchange.
    func ingest(_ frame: ByteBuffer) {
        counters.framesReceived.add()
        let received = WallClock.microseconds()
        frame.withUnsafeReadableBytes { bytes in
            do throws(JSONError) {
                take(try BybitFrame(bytes), received: received)
            } catch {
                takeUnreadable(bytes, error, received: received)
            }
        }
    }

    private func take(_ frame: BybitFrame, received: Int64) {
        switch frame {
        case .pong: session.pong()
        case .acknowledgement(let answer):
            if !answer.success { counters.refusedRequests.add() }
            perform(session.acknowledged(answer, at: .now()))
        case .data(let data):
            counters.lastDataAt.store(received / 1000, ordering: .relaxed)
            take(data, received: received)
        }
    }

    private func take(_ frame: BybitDataFrame, received: Int64) {
        let now = NIODeadline.now()
        guard let route = routes[frame.topic] else {
            counters.unknownTopicFrames.add()
            logger.log(
                .warning,
                key: "unknown topic",
                "skipped a frame of a topic that is not subscribed",
                metadata: logged(["topic": "\(frame.topic.prefix(80))"])
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
        if !messages.isEmpty {
            sink.take(.messages(messages, exchangeTime: frame.timestamp, received: received), of: route.id)
        }
        switch outcome {
        case .applied:
            session.heard(frame.topic, at: now)
            if frame.isSnapshot, route.hasState { session.tookSnapshot(frame.topic) }
        case .incomplete(let cost, let error):
            takeUnreadable(of: route, cost: cost, error, at: now, received: received)
        case .beforeSnapshot:
            counters.unusableFrames.add()
            session.heardUnusable(frame.topic, at: now)
            // Its snapshot was unreadable, or continuity was lost before the acknowledgement: it would wait for ever.
            perform(session.refresh(frame.topic, at: now))
        case .outOfSequence:
            counters.bookRestarts.add()
            session.heardUnusable(frame.topic, at: now)
            logger.log(
                .warning,
                key: frame.topic,
                "an order book lost its continuity and is subscribed anew",
                metadata: logged(["topic": "\(frame.topic)", "stream": "\(route.topic.stream)"])
            )
            perform(session.refresh(frame.topic, at: now))
        }
    }
}
