import NIOCore

/// How far the clients of one round are. Lives on their loop.
final class ResumeTally {
    struct Outcome: Sendable {
        /// From the first connect until the last client had what it had missed, and until the last had a live message.
        let caughtUp: Duration
        let live: Duration
    }

    private let clients: Int
    private let start = ContinuousClock.now
    private let outcome: EventLoopPromise<Outcome>
    private var isOver = false
    private var recovered = 0
    private var caughtUpCount = 0
    private var liveCount = 0
    private var caughtUpAt: ContinuousClock.Instant

    init(clients: Int, outcome: EventLoopPromise<Outcome>) {
        self.clients = clients
        self.outcome = outcome
        caughtUpAt = start
    }

    func answered(recovered isRecovered: Bool) {
        if isRecovered { recovered += 1 } else { failed("a client was told that it could not be recovered") }
    }

    func caughtUp() {
        caughtUpCount += 1
        if caughtUpCount == clients { caughtUpAt = .now }
    }

    func live() {
        liveCount += 1
        guard liveCount == clients, !isOver else { return }
        isOver = true
        outcome.succeed(Outcome(caughtUp: caughtUpAt - start, live: .now - start))
    }

    /// The first failure is the round's; what comes when it is over is none.
    func failed(_ reason: String) {
        guard !isOver else { return }
        isOver = true
        outcome.fail(BenchFailure.failed("\(reason) (\(progress))"))
    }

    private var progress: String {
        "of \(clients) clients \(recovered) were recovered, \(caughtUpCount) had what they had missed, "
            + "\(liveCount) were live"
    }
}

@available(*, unavailable)
extension ResumeTally: Sendable {}
