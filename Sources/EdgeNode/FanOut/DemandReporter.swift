import Logging
import Shared
import Synchronization

/// Tells the ingestor which streams this node wants: each change at once, and all of it every third of a lease.
///
/// Changes are queued in the order in which they were made; `run` carries them to the board, one after the other.
final class DemandReporter: Sendable {
    private enum Event {
        case add(StreamName)
        case remove(StreamName)
        case renew
    }

    private let node: String
    private let board: any DemandBoard
    private let lease: Duration
    private let logger: RateLimitedLogger
    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init(node: String, board: any DemandBoard, lease: Duration, logger: RateLimitedLogger) {
        self.node = node
        self.board = board
        self.lease = lease
        self.logger = logger
        // Unbounded, but only as long as the changes that clients made while one announcement was being sent.
        (events, continuation) = AsyncStream.makeStream()
    }

    func add(_ stream: StreamName) { continuation.yield(.add(stream)) }

    func remove(_ stream: StreamName) { continuation.yield(.remove(stream)) }

    /// Runs until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: lease / 3)
                    continuation.yield(.renew)
                }
            }
            var wanted: Set<StreamName> = []
            for await event in events {
                switch event {
                case .add(let stream):
                    wanted.insert(stream)
                    await announce(.add([stream]))
                case .remove(let stream):
                    wanted.remove(stream)
                    await announce(.remove([stream]))
                case .renew: await announce(.all(wanted))
                }
            }
            group.cancelAll()
        }
    }

    private func announce(_ change: DemandAnnouncement.Change) async {
        do {
            try await board.announce(DemandAnnouncement(node: node, change: change))
        } catch {
            logger.log(
                .warning,
                key: "demand",
                "the ingestor could not be told what is wanted; the next renewal tells all of it",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
