import Logging
import NIOPosix
import RedisStores
import Stores
import TestSupport

/// Tests of a broker over Redis.
protocol BrokerSuite {
    var log: CollectedLog { get }
}

extension BrokerSuite {
    var names: StoreNames { StoreNames(brand: "t") }

    func broker(_ server: RedisServer, _ change: (inout RedisLimits) -> Void = { _ in }) throws -> RedisBroker {
        RedisBroker(
            try server.connector(change),
            names: names,
            group: .singletonMultiThreadedEventLoopGroup,
            logger: log.logger
        )
    }
}
