import Core
import Platform
import Stores

/// Counts what a broker delivers. Any thread.
final class PublishedCounter: BrokerReceiver {
    private let count = Counter<AnyThread>()

    var value: Int { count.get() }

    func receive(_ batch: [Publication]) { count.add(batch.count) }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}
