import Synchronization

/// The keys of all sources together. Any thread. What was verified before is forgotten when a key is gone: `onLoss` is called,
/// when the new keys hold already.
final class TokenKeys: Sendable {
    enum Source: Hashable, Sendable {
        /// Those that the settings give.
        case settings
        case file
        case remote
    }

    private struct State {
        var sources: [Source: [VerificationKey]] = [:]
        var current = KeySet()
    }

    private let state = Mutex(State())
    private let onLoss: @Sendable () -> Void

    init(onLoss: @escaping @Sendable () -> Void) { self.onLoss = onLoss }

    var current: KeySet { state.withLock(\.current) }

    /// Those of one source, in place of all that it had.
    func set(_ keys: [VerificationKey], of source: Source) {
        let hasLost = state.withLock { state in
            let before = state.current
            state.sources[source] = keys
            state.current = KeySet(state.sources.values.joined())
            return !before.keys.isSubset(of: state.current.keys)
        }
        if hasLost { onLoss() }
    }
}
