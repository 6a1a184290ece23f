import Stores
import Synchronization

/// How a connection is: written on its event loop, read on any thread.
final class RedisStatus: Sendable {
    private let state = Mutex((status: StoreStatus.disconnected(reason: "not connected yet"), connects: 0))

    var current: StoreStatus { state.withLock { $0.status } }

    /// How often it was there again.
    var reconnects: Int { state.withLock { max(0, $0.connects - 1) } }

    func set(_ status: StoreStatus) {
        state.withLock { state in
            if status == .connected, state.status != .connected { state.connects += 1 }
            state.status = status
        }
    }
}
