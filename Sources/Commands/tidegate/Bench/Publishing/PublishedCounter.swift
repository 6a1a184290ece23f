import Core
import Stores
import Synchronization

/// Counts what a broker delivers. Any thread.
final class PublishedCounter: BrokerReceiver {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func receive(_ batch: [Publication]) { count.add(batch.count, ordering: .relaxed) }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}
