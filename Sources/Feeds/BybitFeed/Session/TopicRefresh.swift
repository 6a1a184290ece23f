import NIOCore

/// When a topic is subscribed anew for a fresh snapshot: at once where it was well before, then ever more rarely for as
/// long as that does not help.
struct TopicRefresh {
    /// Its state may be wrong.
    private(set) var isNeeded = false
    private var allowedAt: NIODeadline
    private var wait: TimeAmount = .zero

    init(at now: NIODeadline) {
        allowedAt = now
    }

    mutating func need() { isNeeded = true }

    /// Its state is right again, or it is being subscribed anew for another reason.
    mutating func settle() { isNeeded = false }

    /// True where it is needed and its time has come; then the next one waits.
    mutating func begin(at now: NIODeadline, settings: UpstreamSettings) -> Bool {
        guard isNeeded, allowedAt <= now else { return false }
        isNeeded = false
        // It was well for as long again as it had to wait: what is wrong now is another matter.
        let isNew = now - allowedAt >= wait
        wait = isNew ? settings.refreshInterval : min(wait * 2, settings.refreshIntervalMaximum)
        allowedAt = now + wait
        return true
    }
}
