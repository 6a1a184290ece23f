import NIOCore

/// The frames of a topic since the last that could be used, none of which could.
struct UnusableRun {
    private var since: NIODeadline?
    private(set) var last = NIODeadline.distantPast
    private var count = 0

    mutating func add(at now: NIODeadline) {
        since = since ?? now
        last = now
        count += 1
    }

    @inline(__always)
    mutating func end() {
        guard count > 0 else { return }
        self = UnusableRun()
    }

    /// One frame alone says little of a topic that speaks rarely.
    func lasts(for duration: TimeAmount, at now: NIODeadline) -> Bool {
        guard let since, count > 1 else { return false }
        return since + duration <= now
    }
}
