import Core
import FeedKit
import Logging
import NIOCore
import Platform

/// What could not be read is told, not passed over: to streams of events as a gap, to those with state by a fresh
/// snapshot.
extension BybitConnection {
    /// A frame of which nothing can be told but, perhaps, its topic.
    func takeUnreadable(_ frame: UnsafeRawBufferPointer, _ error: JSONError, received: Int64) {
        charge(UnreadableFrame(frame, isWhole: true), received: received)
        counters.malformedFrames.add()
        logger.log(
            .warning,
            key: "malformed",
            "skipped a frame of the exchange that can't be read",
            metadata: logged([
                "error": "\(error)", "begins": "\(String(decoding: frame.prefix(120), as: UTF8.self))",
            ])
        )
    }

    /// A frame that was thrown away for its size, of which `beginning` is left.
    func takeOversized(_ beginning: ByteBuffer, bytes: Int) {
        let received = WallClock.microseconds()
        let frame = beginning.withUnsafeReadableBytes { UnreadableFrame($0, isWhole: false) }
        charge(frame, received: received)
        counters.oversizedFrames.add()
        logger.log(
            .warning,
            key: "oversized",
            "skipped a frame of the exchange that is too large",
            metadata: logged(["bytes": "\(bytes)", "is": "\(frame.words)"])
        )
    }

    /// A frame of the route's topic can't be used, or not all of it: then the messages of the rest are on their way.
    func takeUnreadable(
        of route: BybitRoute,
        cost: UnreadableCost,
        _ error: JSONError,
        at now: NIODeadline,
        received: Int64
    ) {
        let name = route.topic.name
        if messages.isEmpty { counters.malformedFrames.add() } else { counters.incompleteFrames.add() }
        logger.log(
            .warning,
            key: "unreadable",
            "a frame of the exchange can't be used, or not all of it",
            metadata: logged(["error": "\(error)", "topic": "\(name)", "stream": "\(route.topic.stream)"])
        )
        if messages.isEmpty { session.heardUnusable(name, at: now) } else { session.heard(name, at: now) }
        tellLoss(route, cost, received: received)
        if route.hasState { perform(session.refresh(name, at: now)) }
    }

    private func charge(_ frame: UnreadableFrame, received: Int64) {
        let now = NIODeadline.now()
        switch frame {
        case .ofNone: break
        case .ofTopic(let name):
            guard let route = routes[name] else { break }
            session.heardUnusable(name, at: now)
            tellLoss(route, route.transform.costOfAFrame, received: received)
            if route.hasState { perform(session.refresh(name, at: now)) }
        case .ofAnyTopic:
            for (name, route) in routes.sorted(by: { $0.key < $1.key }) where session.maySpeak(name) {
                tellLoss(route, route.transform.costOfAFrame, received: received)
                if route.hasState { session.needSnapshot(name) }
            }
            perform(session.startRefreshes(at: now))
        }
    }

    /// Nothing for a state that a snapshot puts right.
    private func tellLoss(_ route: BybitRoute, _ cost: UnreadableCost, received: Int64) {
        guard cost == .message else { return }
        sink.take(.unreadable(received: received), of: route.id)
    }
}
