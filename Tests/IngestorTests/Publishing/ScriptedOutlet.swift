import Core
import Stores
import Synchronization

/// An outlet that fails as it is told and writes down what it was given, in words: `trade.A 3`.
final class ScriptedOutlet: PublicationOutlet {
    struct Failure: Error {}

    private struct State {
        var failures: [any Error]
        var attempts: [[String]] = []
        var delivered: [Publication] = []
    }

    private let state: Mutex<State>
    private let onAttempt: @Sendable (Int) async -> Void

    /// - Parameter onAttempt: Called within each attempt, with its number from 1.
    init(failures: [any Error] = [], onAttempt: @escaping @Sendable (Int) async -> Void = { _ in }) {
        state = Mutex(State(failures: failures))
        self.onAttempt = onAttempt
    }

    var attempts: [[String]] { state.withLock { $0.attempts } }
    var delivered: [Publication] { state.withLock { $0.delivered } }

    func fail(_ count: Int) {
        state.withLock { $0.failures += Array(repeating: Failure(), count: count) }
    }

    func deliver(_ batch: [Publication]) async throws {
        let (number, failure) = state.withLock { state -> (Int, (any Error)?) in
            state.attempts.append(batch.map { "\($0.stream) \($0.position.sequence)" })
            return (state.attempts.count, state.failures.isEmpty ? nil : state.failures.removeFirst())
        }
        await onAttempt(number)
        if let failure { throw failure }
        state.withLock { $0.delivered += batch }
    }
}
