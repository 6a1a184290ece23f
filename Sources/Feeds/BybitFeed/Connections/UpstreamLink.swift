import FeedKit
import Logging
import NIOCore
import Platform
import Synchronization

/// Keeps one connection to the exchange connected: reconnects with backoff until its task is cancelled, and no earlier than the
/// exchange asks for with `Retry-After`, up to ten minutes.
struct UpstreamLink: Sendable {
    /// A connection that held for so long was a good one: the next loss starts from the shortest wait.
    private static let stableAfter: TimeAmount = .seconds(30)

    /// Why a connection ended or could not be made, and how long the exchange asks to stay away.
    private struct Loss {
        var reason: String
        var retryAfter: Duration?
    }

    let url: WebSocketURL
    let backoff: Backoff
    let eventLoop: any EventLoop
    let number: Int
    let counters: FeedCounters
    let logger: Logger
    let connection: NIOLoopBound<BybitConnection>

    /// An attempt to connect can't be cut short: it may return some seconds after the task was cancelled.
    func run() async {
        var backoff = backoff
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let start = NIODeadline.now()
            let loss = await connectOnce()
            guard !Task.isCancelled else { return }
            if NIODeadline.now() - start > Self.stableAfter { backoff.reset() }
            let wait = max(backoff.next(using: &generator), loss.retryAfter ?? .zero)
            counters.reconnects.add()
            var metadata: Logger.Metadata = [
                "upstream_connection": .stringConvertible(number), "reason": "\(loss.reason)", "url": "\(url)",
                "retry_in": "\(Int(wait / .milliseconds(1))) ms",
            ]
            if let asked = loss.retryAfter { metadata["retry_after"] = "\(asked.components.seconds) s" }
            logger.warning("the exchange is away", metadata: metadata)
            let outage = FeedOutage(
                reason: loss.reason,
                retryAfter: loss.retryAfter,
                until: .now() + TimeAmount(wait)
            )
            counters.connections.withLock { $0[number]?.outage = outage }
            try? await Task.sleep(for: wait)
            counters.connections.withLock { $0[number]?.outage?.until = .now() }
        }
    }

    /// Connects, and returns when the connection has ended or could not be made, with the reason.
    private func connectOnce() async -> Loss {
        let ended = eventLoop.makePromise(of: String.self)
        let connection = connection
        do {
            let channel = try await WebSocketClient(group: eventLoop).connect(to: url) { _ in
                connection.value.onClosed = { ended.succeed($0) }
                return connection.value
            }
            if Task.isCancelled { channel.close(promise: nil) }
            logger.info(
                "connected to the exchange",
                metadata: ["upstream_connection": .stringConvertible(number), "url": "\(url)"]
            )
            let reason = await withTaskCancellationHandler {
                (try? await ended.futureResult.get()) ?? "unknown"
            } onCancel: {
                channel.close(promise: nil)
            }
            return Loss(reason: reason)
        } catch {
            ended.succeed("")
            return Loss(reason: "\(error)", retryAfter: error.retryAfter)
        }
    }
}
