import Core
import Dispatch
import Stores
import Synchronization
import TestSupport

/// Stays in `receive` until it is told that unsubscribe has returned, or at most for a moment, since it must not return
/// first.
final class HeldReceiver: BrokerReceiver {
    private let begun = Inbox<Void>()
    private let returned = DispatchSemaphore(value: 0)
    private let hasEnded = Atomic(false)
    private let verdict = Atomic(false)

    var endedBeforeUnsubscribeReturned: Bool { verdict.load(ordering: .sequentiallyConsistent) }

    func receive(_ batch: [Publication]) {
        begun.append([()])
        _ = returned.wait(timeout: .now() + .milliseconds(100))
        hasEnded.store(true, ordering: .sequentiallyConsistent)
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}

    func hasBegun() async { _ = await begun.elements(atLeast: 1) }

    func unsubscribeHasReturned() {
        verdict.store(hasEnded.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
        returned.signal()
    }
}
