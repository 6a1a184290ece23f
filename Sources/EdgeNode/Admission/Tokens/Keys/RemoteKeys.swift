import Logging
import Synchronization

/// The keys behind an address: fetched in the background, and for tokens whose key is not there by one fetch for all of them.
/// While they can't be fetched those of before go on.
///
/// Any thread. Tokens that wait are at most `maximumWaiting`, and no longer than a fetch takes, which is bounded by its own
/// time; more are told to come later.
final class RemoteKeys: Sendable {
    /// What becomes of a token whose key was not there.
    enum Outcome: Sendable, Equatable {
        /// They were fetched: the key is to be looked for once more.
        case fetched
        case absent
        case unavailable(retryAfter: Int)
    }

    private struct State {
        var refresh: KeyRefresh
        var waiting: [UInt64: CheckedContinuation<Outcome, Never>] = [:]
        var next: UInt64 = 0
        var hasFailed = false
        var remarks: [String] = []
    }

    static let maximumWaiting = 20_000

    private let source: String
    private let fetch: @Sendable () async throws -> FetchedKeys
    private let deliver: @Sendable ([VerificationKey]) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant
    private let interval: Duration
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameters:
    ///   - source: For the log.
    ///   - interval: How often it looks whether a fetch is due.
    ///   - deliver: Takes the keys that hold from now on, before any token that waits goes on.
    init(
        source: String,
        interval: Duration = .seconds(1),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        logger: Logger,
        fetch: @escaping @Sendable () async throws -> FetchedKeys,
        deliver: @escaping @Sendable ([VerificationKey]) -> Void
    ) {
        self.source = source
        self.interval = interval
        self.now = now
        self.logger = logger
        self.fetch = fetch
        self.deliver = deliver
        state = Mutex(State(refresh: KeyRefresh(at: now())))
    }

    /// Fetches until cancelled.
    func run() async {
        while !Task.isCancelled {
            if state.withLock({ $0.refresh.tick(at: now()) }) { await refresh() }
            guard (try? await Task.sleep(for: interval)) != nil else { return }
        }
    }

    /// A token's key is not there. Waits where keys are fetched for it; ends early when cancelled.
    func lack() async -> Outcome {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0, id) }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: .unavailable(retryAfter: 1))
        }
    }

    private func wait(_ continuation: CheckedContinuation<Outcome, Never>, _ id: UInt64) {
        let (outcome, isFirst) = state.withLock { state -> (Outcome?, Bool) in
            // Set before the handler asks for the lock: one of the two sees the other.
            guard !Task.isCancelled, state.waiting.count < Self.maximumWaiting else {
                return (.unavailable(retryAfter: 1), false)
            }
            switch state.refresh.lack(at: now()) {
            case .absent: return (.absent, false)
            case .unavailable(let seconds): return (.unavailable(retryAfter: seconds), false)
            case .wait:
                state.waiting[id] = continuation
                return (nil, false)
            case .fetch:
                state.waiting[id] = continuation
                return (nil, true)
            }
        }
        if let outcome { continuation.resume(returning: outcome) }
        // Not of the token that happens to be the first: it may leave.
        if isFirst { Task { await refresh() } }
    }

    private func refresh() async {
        do {
            let fetched = try await fetch()
            deliver(fetched.keys)
            let (hadFailed, hasNewRemarks) = end(.fetched) { state in
                state.refresh.succeeded(lifetime: fetched.lifetime, at: now())
                defer {
                    state.hasFailed = false
                    state.remarks = fetched.remarks
                }
                return (state.hasFailed, state.remarks != fetched.remarks && !fetched.remarks.isEmpty)
            }
            if hadFailed { logger.notice("the keys for tokens are there again", metadata: ["source": "\(source)"]) }
            guard hasNewRemarks else { return }
            logger.warning(
                "some keys for tokens can't be used and are passed over",
                metadata: ["source": "\(source)", "keys": "\(fetched.remarks.prefix(5).joined(separator: "; "))"]
            )
        } catch {
            fail(error)
        }
    }

    private func fail(_ error: any Error) {
        var generator = SystemRandomNumberGenerator()
        let now = now()
        let (hadFailed, hasKeys, waiting, seconds) = state.withLock { state in
            let seconds = state.refresh.failed(at: now, using: &generator)
            defer {
                state.hasFailed = true
                state.waiting = [:]
            }
            return (state.hasFailed, state.refresh.hasSucceeded, state.waiting, seconds)
        }
        for continuation in waiting.values { continuation.resume(returning: .unavailable(retryAfter: seconds)) }
        // Once for each time that they are away.
        guard !hadFailed, !(error is CancellationError) else { return }
        logger.warning(
            hasKeys
                ? "the keys for tokens can't be fetched: those that were fetched before go on"
                : "the keys for tokens can't be fetched, and none were before: clients whose tokens need them get 503",
            metadata: ["source": "\(source)", "reason": "\(error)"]
        )
    }

    /// Lets all go on that wait.
    private func end<Told>(_ outcome: Outcome, _ change: (inout State) -> Told) -> Told {
        let (told, waiting) = state.withLock { state in
            let told = change(&state)
            defer { state.waiting = [:] }
            return (told, state.waiting)
        }
        for continuation in waiting.values { continuation.resume(returning: outcome) }
        return told
    }
}
