import Core
import FeedKit
import Logging
import NIOCore
import Platform

/// What befalls a pipeline beside what feeds tell: losses behind it, and the end of its term.
extension IngestPipeline {
    /// Publications of these streams were numbered and then dropped. Each stream is told of it, also where it has nothing
    /// else to say for a long time, and where its state is known that follows.
    func tell(_ losses: StreamLosses) {
        guard !isEnded else { return }
        let streams = losses.isEverything ? Set(routes.streams) : losses.streams
        let received = WallClock.microseconds()
        for stream in streams.sorted(by: { $0.canonical < $1.canonical }) where sequencer.hasPast(stream) {
            counters.sequenced.add(stream.kind)
            append(.gap(.failover), stream, received / 1000, received, ByteBuffer())
            guard let route = routes[stream], let state = route.feed.state(of: route.id) else { continue }
            route.sequenced.add()
            append(.snapshot, stream, route.exchangeTime, received, state)
        }
        readCompleted()
    }

    /// An edge node does not know the state of these: where it is known here it is published, at most once a second.
    func refresh(_ streams: Set<StreamName>) {
        guard !isEnded else { return }
        let received = WallClock.microseconds()
        for stream in streams {
            guard let route = routes[stream], let state = route.feed.state(of: route.id),
                route.refreshedAt + Self.refreshInterval <= .now()
            else { continue }
            route.refreshedAt = .now()
            route.sequenced.add()
            append(.snapshot, stream, route.exchangeTime, received, state)
        }
        readCompleted()
    }

    /// Somebody else wrote `stream`; `position` is now the last that the history holds of it. Answers the last number
    /// that was given so far: those above it are right.
    func goOn(_ stream: StreamName, after position: Position?) -> UInt64 {
        eventLoop.assertInEventLoop()
        readCompleted()
        sequencer.resume(stream, after: position)
        return sequencer.lastSequence(of: stream)
    }

    /// Clients will be told of a gap that is none of the exchange's making: the log says where it comes from.
    func noteUnheld(_ stream: StreamName, after position: Position?) {
        guard let numbers = sequencer.unheld(stream, after: position) else { return }
        logger.log(
            .warning,
            key: "unheld",
            "the history does not hold what this process numbered in an earlier term: clients are told a gap",
            metadata: [
                "stream": "\(stream)", "from": "\(numbers.lowerBound)", "to": "\(numbers.upperBound)",
                "history": "\(position.map { "\($0.sequence) of epoch \($0.epoch)" } ?? "nothing")",
            ]
        )
    }

    /// The process leads again, and nobody led in between: what comes is numbered on under the new term. What was handed on so
    /// far is the queue's.
    func begin(_ epoch: UInt64) {
        eventLoop.assertInEventLoop()
        readCompleted()
        sequencer = Sequencer(epoch: epoch, continuing: sequencer)
    }

    /// Hands on what it holds, ends the connections and takes nothing more. Answers what must be remembered of the
    /// numbers. May be called again.
    func end() -> Sequencer {
        eventLoop.assertInEventLoop()
        guard !isEnded else { return sequencer }
        readCompleted()
        isEnded = true
        for feed in feeds { feed.end() }
        return sequencer
    }
}
