import Platform
import Synchronization

@testable import EdgeNode

/// Lets nobody in, and refuses nobody, before the test says what is to be said to all.
final class Doorkeeper: Admission {
    let asked = Atomic(0)
    /// How many are not waited for any more.
    let givenUp = Atomic(0)
    private let decision = Mutex<Result<Admitted, HTTPReply>?>(nil)

    func decide(_ decision: Result<Admitted, HTTPReply>) { self.decision.withLock { $0 = decision } }

    func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> {
        asked.add(1, ordering: .relaxed)
        while !Task.isCancelled {
            if let decision = decision.withLock({ $0 }) { return decision }
            try? await Task.sleep(for: .milliseconds(1))
        }
        givenUp.add(1, ordering: .relaxed)
        return .success(.anonymous)
    }
}
