import Dispatch
import Synchronization

@testable import Shared

/// Keeps what a broker delivers.
final class CollectingReceiver: BrokerReceiver {
    private let inbox = Inbox<Publication>()

    var publications: [Publication] { inbox.elements }

    func receive(_ batch: [Publication]) { inbox.append(batch) }

    func publications(atLeast count: Int) async -> [Publication] { await inbox.elements(atLeast: count) }
}

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

    func hasBegun() async { _ = await begun.elements(atLeast: 1) }

    func unsubscribeHasReturned() {
        verdict.store(hasEnded.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
        returned.signal()
    }
}
