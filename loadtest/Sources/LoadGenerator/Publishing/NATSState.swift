import Synchronization

/// What the server has said to a publisher. Any thread.
final class NATSState: Sendable {
    private let state = Mutex((isReady: false, problem: String?.none))

    var isReady: Bool { state.withLock { $0.isReady } }

    var problem: String? { state.withLock { $0.problem } }

    func ready() { state.withLock { $0.isReady = true } }

    func fail(_ words: String) { state.withLock { $0.problem = $0.problem ?? words } }
}
