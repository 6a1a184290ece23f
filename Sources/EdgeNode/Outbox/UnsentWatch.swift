import NIOCore

/// Clients that are written to through their channels (TLS) and of whose bytes enough stand in the kernel unsent: they are
/// looked at again every 25 ms, since the system says when a socket takes more, not when it has sent most of it. What is
/// written past the channel needs none of this: there each `send` is refused once enough is unsent (`ClientSocket`).
///
/// Lives on its shard's loop. Bounded: each client once.
final class UnsentWatch {
    private static let interval: TimeAmount = .milliseconds(25)

    private let eventLoop: any EventLoop
    private var backlogs: [Backlog] = []
    private var isScheduled = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func add(_ backlog: Backlog) {
        guard !backlog.isWatchedForUnsent else { return }
        backlog.isWatchedForUnsent = true
        backlogs.append(backlog)
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.interval) { [self] in look() }
    }

    private func look() {
        isScheduled = false
        let backlogs = self.backlogs
        self.backlogs = []
        for backlog in backlogs {
            backlog.isWatchedForUnsent = false
            backlog.pump()
        }
    }
}

@available(*, unavailable)
extension UnsentWatch: Sendable {}
