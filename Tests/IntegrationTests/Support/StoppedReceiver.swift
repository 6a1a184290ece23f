import Core
import Dispatch
import StoreContracts
import Stores

/// Stays in its first delivery until it may go on.
final class StoppedReceiver: BrokerReceiver {
    let heard = CollectingReceiver()
    private let mayGoOn = DispatchSemaphore(value: 0)
    private let isFirst = Locked(true)

    func receive(_ batch: [Publication]) {
        if isFirst.exchange(false) { mayGoOn.wait() }
        heard.receive(batch)
    }

    func mayHaveMissed(_ loss: BrokerLoss) { heard.mayHaveMissed(loss) }

    func goOn() { mayGoOn.signal() }
}
