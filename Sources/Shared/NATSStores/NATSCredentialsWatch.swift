import Dispatch
import Synchronization

/// What is wrong with a .creds file, for whoever may not wait for a disk: the answer is that of the last look, and asking
/// has the file looked at again, on a thread of the system's. Any thread.
///
/// At most one look is under way, and none begins sooner than `interval` after the one before: a file that can't be read,
/// because its disk is away, costs one thread.
final class NATSCredentialsWatch: Sendable {
    private struct State {
        var complaint: String?
        var isLooking = false
        var lookedAt: ContinuousClock.Instant?
    }

    private let file: String
    private let interval: Duration
    private let check: @Sendable (String) -> String?
    private let state = Mutex(State())

    /// - Parameter check: What is wrong with a file; may block.
    init(
        file: String,
        interval: Duration = .seconds(1),
        check: @escaping @Sendable (String) -> String? = NATSCredentialsWatch.complaint
    ) {
        self.file = file
        self.interval = interval
        self.check = check
    }

    /// As of the last look; nil where nothing was wrong.
    var complaint: String? {
        let now = ContinuousClock.now
        let (complaint, isDue) = state.withLock { state in
            let isDue = !state.isLooking && state.lookedAt.map { now - $0 >= interval } ?? true
            if isDue { state.isLooking = true }
            return (state.complaint, isDue)
        }
        if isDue { DispatchQueue.global().async { _ = self.look() } }
        return complaint
    }

    /// Reads the file; not for event loops.
    func look() -> String? {
        let complaint = check(file)
        state.withLock { state in
            state.complaint = complaint
            state.isLooking = false
            state.lookedAt = .now
        }
        return complaint
    }

    static func complaint(_ file: String) -> String? {
        do {
            try NATSCredentials.check(file)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
