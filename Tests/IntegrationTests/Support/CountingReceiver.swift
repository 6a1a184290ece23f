import Core
import StoreContracts
import Stores

/// Hears what a receiver hears, and counts the deliveries that it came in.
final class CountingReceiver: BrokerReceiver {
    let heard = CollectingReceiver()
    let deliveries = Locked(0)

    func receive(_ batch: [Publication]) {
        deliveries.value += 1
        heard.receive(batch)
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}
