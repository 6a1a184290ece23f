import Logging
import NIOPosix
import Platform
import RedisStores
import Stores
import Synchronization
import TestSupport

/// Tests of who leads: candidates whose clocks a test can set.
protocol LeadershipSuite {
    var log: CollectedLog { get }
}

/// A clock that is ahead by what a test says: to the holder it is as if it had been stopped for so long.
final class AheadClock: Sendable {
    private let ahead = Mutex(Duration.zero)
    var now: ContinuousClock.Instant { .now + ahead.withLock { $0 } }
    func jump(by duration: Duration) { ahead.withLock { $0 += duration } }
}

extension LeadershipSuite {
    var names: StoreNames { StoreNames(brand: "t") }
    var lease: Duration { .milliseconds(600) }

    func candidate(
        _ server: RedisServer,
        lease: Duration? = nil,
        clock: AheadClock = AheadClock()
    ) throws -> RedisLeadership {
        RedisLeadership(
            try server.connector(),
            names: names,
            lease: lease ?? self.lease,
            group: .singletonMultiThreadedEventLoopGroup,
            logger: log.logger,
            now: { clock.now }
        )
    }
}
