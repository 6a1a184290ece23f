import Logging
import RedisStores
import Stores
import TestSupport

/// Tests of a history in Redis.
protocol HistorySuite {
    var log: CollectedLog { get }
}

extension HistorySuite {
    var names: StoreNames { StoreNames(brand: "t") }

    func history(
        _ server: RedisServer,
        _ retention: Retention = Retention(),
        _ change: (inout RedisLimits) -> Void = { _ in }
    ) throws -> RedisHistory {
        RedisHistory(try server.client(change), names: names, retention: retention, logger: log.logger)
    }
}
