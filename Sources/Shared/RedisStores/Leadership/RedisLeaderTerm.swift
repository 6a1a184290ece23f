import Stores
import Synchronization

/// One term, renewed every third of the lease until it is lost or resigned. May be used from any thread.
///
/// It counts as held for nine tenths of the lease from the moment *before* the last successful renewal was sent, by a
/// clock that also runs while the process is stopped: so it ends here before Redis lets another lead. Once over it
/// stays so, whatever a late answer says.
final class RedisLeaderTerm: LeaderTerm {
    private struct State {
        var heldUntil: ContinuousClock.Instant
        var reason: String?
        var isVacant = false
        var lastFailure: String?
        var waiters: [Int: CheckedContinuation<String, Never>] = [:]
        var nextWaiter = 0
    }

    let epoch: UInt64
    let previous: UInt64?
    private let lease: LeaderLease
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(
        _ lease: LeaderLease,
        epoch: UInt64,
        previous: UInt64?,
        since asked: ContinuousClock.Instant,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.lease = lease
        self.epoch = epoch
        self.previous = previous
        self.now = now
        state = Mutex(State(heldUntil: asked + Self.held(lease.duration)))
        tasks.withLock { $0 = [Task { await renew() }, Task { await watch() }] }
    }

    var isHeld: Bool {
        state.withLock { $0.reason == nil && now() < $0.heldUntil }
    }

    var isVacant: Bool {
        state.withLock { $0.reason == nil ? now() >= $0.heldUntil : $0.isVacant }
    }

    func ended() async -> String {
        let identifier = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let reason = state.withLock { state -> String? in
                    if let reason = state.reason { return reason }
                    if Task.isCancelled { return "cancelled" }
                    state.waiters[identifier] = continuation
                    return nil
                }
                if let reason { continuation.resume(returning: reason) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: identifier) }?.resume(returning: "cancelled")
        }
    }

    /// Gives the lease up, also where the term is over: a renewal that Redis carried out too late would otherwise keep
    /// everybody from leading for one more lease.
    func resign() async {
        end("resigned")
        // Only where it is ours. Where Redis can't be asked, the lease ends by itself.
        try? await lease.resign()
    }

    /// A tenth is left for what is on its way when it ends, and for clocks that run apart.
    private static func held(_ lease: Duration) -> Duration { lease * 9 / 10 }

    private func renew() async {
        var wait = lease.duration / 3
        while true {
            try? await Task.sleep(for: wait)
            guard !Task.isCancelled, isHeld else { return }
            let asked = now()
            do {
                switch try await lease.renew() {
                case .renewed: extend(to: asked + Self.held(lease.duration))
                case .gone: end("the lease is gone: Redis has lost it, or it had run out", isVacant: true)
                case .taken: end("another ingestor holds the lease")
                }
                wait = lease.duration / 3
            } catch {
                state.withLock { $0.lastFailure = "\(error)" }
                // Soon: there is time for a few more attempts.
                wait = lease.duration / 12
            }
        }
    }

    /// Ends the term when it was not renewed in time, however long an answer takes.
    private func watch() async {
        while true {
            let left = state.withLock { $0.heldUntil } - now()
            guard left > .zero else { break }
            try? await Task.sleep(for: left)
            if Task.isCancelled { return }
        }
        let failure = state.withLock { $0.lastFailure }
        end("the lease could not be renewed in time" + (failure.map { ": \($0)" } ?? ""), isVacant: true)
    }

    private func extend(to instant: ContinuousClock.Instant) {
        state.withLock { state in
            guard state.reason == nil, now() < state.heldUntil else { return }
            state.heldUntil = max(state.heldUntil, instant)
            state.lastFailure = nil
        }
    }

    /// False where it was over already.
    @discardableResult
    private func end(_ reason: String, isVacant: Bool = false) -> Bool {
        let waiters = state.withLock { state -> [CheckedContinuation<String, Never>]? in
            guard state.reason == nil else { return nil }
            state.reason = reason
            state.isVacant = isVacant
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        guard let waiters else { return false }
        for waiter in waiters { waiter.resume(returning: reason) }
        for task in tasks.withLock({ $0 }) { task.cancel() }
        return true
    }
}
