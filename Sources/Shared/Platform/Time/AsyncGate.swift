import DequeModule
import Synchronization

/// Lets so many pieces of work of a kind be under way at one time; the others wait their turn, in the order in which they came.
/// Any thread. Those that wait are bounded by who asks.
package final class AsyncGate: Sendable {
    private struct State {
        var free: Int
        var last = 0
        /// Each is told whether it may enter.
        var waiting: Deque<(number: Int, continuation: CheckedContinuation<Bool, Never>)> = []
    }

    private let state: Mutex<State>

    package init(width: Int) {
        state = Mutex(State(free: width))
    }

    /// Those in the line.
    var waiting: Int { state.withLock(\.waiting.count) }

    /// Work that waits although its task is cancelled.
    package func pass<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
        _ = await enter(nextNumber(), leavesWhenCancelled: false)
        defer { leave() }
        return try await body()
    }

    /// Nil, at once and without the work, where the task is cancelled before its turn has come.
    package func passUnlessCancelled<Result: Sendable>(
        _ body: () async throws -> Result
    ) async rethrows -> Result? {
        let number = nextNumber()
        let isIn = await withTaskCancellationHandler {
            await enter(number, leavesWhenCancelled: true)
        } onCancel: {
            stopWaiting(number)
        }
        guard isIn else { return nil }
        defer { leave() }
        return try await body()
    }

    private func nextNumber() -> Int {
        state.withLock { state in
            state.last += 1
            return state.last
        }
    }

    private func enter(_ number: Int, leavesWhenCancelled: Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                // Who is cancelled from here on is found in the line.
                if leavesWhenCancelled, Task.isCancelled { return false }
                guard state.free > 0 else {
                    state.waiting.append((number, continuation))
                    return nil
                }
                state.free -= 1
                return true
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Looks through the line, which is as long as who asks lets it be.
    private func stopWaiting(_ number: Int) {
        let continuation = state.withLock { state in
            state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0).continuation }
        }
        continuation?.resume(returning: false)
    }

    private func leave() {
        let next = state.withLock { state in
            let next = state.waiting.popFirst()?.continuation
            if next == nil { state.free += 1 }
            return next
        }
        next?.resume(returning: true)
    }
}
