import Core
import NIOCore
import Stores
import Synchronization

/// Hears the heartbeats that pass through a broker.
final class Ear: BrokerReceiver {
    private let log = Mutex<[Heartbeat]>([])

    var heartbeats: [Heartbeat] { log.withLock { $0 } }

    func receive(_ batch: [Publication]) {}

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard channel == .heartbeat, let heartbeat = try? Heartbeat(message) else { return }
        log.withLock { $0.append(heartbeat) }
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}
