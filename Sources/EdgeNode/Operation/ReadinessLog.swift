import Logging
import NIOCore
import Platform
import Synchronization

/// Says in the log when a node becomes not ready, with the words of `/ready`, and when it is ready again. A value; looked at once
/// a second, so it says no more than that, and its logger limits it further. Of a node that leaves it says nothing: the drain does.
///
/// A start is no loss: until the node was ready for the first time nothing is said for `patience`.
struct ReadinessLog {
    private let health: EdgeHealth
    private let patience: TimeAmount
    private let start: NIODeadline
    private let logger: RateLimitedLogger
    private var hasBeenReady = false
    /// What is wrong is in the log.
    private var isTold = false

    init(_ health: EdgeHealth, patience: TimeAmount, from start: NIODeadline, logger: RateLimitedLogger) {
        self.health = health
        self.patience = patience
        self.start = start
        self.logger = logger
    }

    /// Runs until cancelled.
    mutating func run() async {
        while !Task.isCancelled {
            look(at: .now())
            try? await Task.sleep(for: .seconds(1))
        }
    }

    mutating func look(at now: NIODeadline) {
        guard !health.node.isLeaving.load(ordering: .relaxed) else { return }
        let obstacles = health.obstacles
        if obstacles.isEmpty {
            hasBeenReady = true
            if isTold { logger.log(.notice, key: "ready", "ready again") }
            isTold = false
        } else if !isTold, hasBeenReady || now - start > patience {
            isTold = true
            logger.log(
                .warning,
                key: "not ready",
                "not ready: newcomers should go elsewhere",
                metadata: ["reason": "\(obstacles.joined(separator: "; "))"]
            )
        }
    }
}
