import Logging
import NIOCore
import Shared

/// Keeps a pipeline connected to the exchange: reconnects with backoff until its task is cancelled.
struct UpstreamLink: Sendable {
    /// A connection that held for so long was a good one: the next loss starts from the shortest wait.
    private static let stableAfter: TimeAmount = .seconds(30)

    let url: WebSocketURL
    let backoff: Backoff
    let eventLoop: any EventLoop
    let counters: IngestCounters
    let logger: Logger
    let pipeline: NIOLoopBound<IngestPipeline>

    /// An attempt to connect can't be cut short: it may return some seconds after the task was cancelled.
    func run() async {
        var backoff = backoff
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let start = NIODeadline.now()
            let reason = await connectOnce()
            guard !Task.isCancelled else { return }
            if NIODeadline.now() - start > Self.stableAfter { backoff.reset() }
            let wait = backoff.next(using: &generator)
            counters.reconnects.increment()
            logger.warning(
                "the exchange is away",
                metadata: [
                    "reason": "\(reason)", "url": "\(url)", "retry_in": "\(Int(wait / .milliseconds(1))) ms",
                ]
            )
            try? await Task.sleep(for: wait)
        }
    }

    /// Connects, and returns when the connection has ended or could not be made, with the reason.
    private func connectOnce() async -> String {
        let ended = eventLoop.makePromise(of: String.self)
        let pipeline = pipeline
        do {
            let channel = try await WebSocketClient(group: eventLoop).connect(to: url) { _ in
                pipeline.value.onClosed = { ended.succeed($0) }
                return pipeline.value
            }
            if Task.isCancelled { channel.close(promise: nil) }
            logger.info("connected to the exchange", metadata: ["url": "\(url)"])
            return await withTaskCancellationHandler {
                (try? await ended.futureResult.get()) ?? "unknown"
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            ended.succeed("")
            return "\(error)"
        }
    }
}
