import Synchronization

/// Those who come while the others have yet to hear of somebody who left. Any thread.
///
/// Bounded by the places that are being asked for. Each waits for what was to be told when it came, and no longer however many
/// leave after that; where telling fails or ends it is let go.
final class PartingWaiters: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [(mark: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - mark: So many partings are to be told.
    ///   - told: So many are.
    /// - Returns: False, at once, where nobody tells.
    func wait(until mark: Int, told: () -> Int) async -> Bool {
        guard state.withLock(\.isOpen) else { return false }
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiters.append((mark, continuation)) }
            // It may have been told in between, or have ended.
            release(upTo: state.withLock(\.isOpen) ? told() : .max)
        }
        return true
    }

    func open() { state.withLock { $0.isOpen = true } }

    func close() {
        state.withLock { $0.isOpen = false }
        release(upTo: .max)
    }

    func release(upTo told: Int) {
        let ready = state.withLock { state in
            let ready = state.waiters.filter { $0.mark <= told }
            state.waiters.removeAll { $0.mark <= told }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }
}
