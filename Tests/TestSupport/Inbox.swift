import Synchronization

/// Collects what comes on other threads and lets one test wait until enough of it is there, or until the test's time is
/// up.
package final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    package init() {}

    package var elements: [Element] { state.withLock { $0.elements } }

    package func append(_ more: some Sequence<Element>) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.elements += more
            guard let waiter = state.waiter, state.elements.count >= waiter.count else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        continuation?.resume()
    }

    /// Everything so far, as soon as it is at least `count` elements.
    package func elements(atLeast count: Int) async -> [Element] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.elements.count >= count || Task.isCancelled { return true }
                    state.waiter = (count, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter?.continuation
            }?.resume()
        }
        return elements
    }
}
