import Stores
import Synchronization

/// How a connection is: written on its event loop, read on any thread.
final class RedisStatus: Sendable {
    private let status = Mutex(StoreStatus.disconnected(reason: "not connected yet"))

    var current: StoreStatus { status.withLock { $0 } }

    func set(_ status: StoreStatus) { self.status.withLock { $0 = status } }
}
