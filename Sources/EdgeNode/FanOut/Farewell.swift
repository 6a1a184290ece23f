import NIOCore

/// The goodbyes of a drain, in the order in which they are said: so many at a time, so that those who are still there go
/// on to be served in between. Pure.
///
/// Half of the window is for the goodbyes, the other half is left to the last of them to leave.
struct Farewell {
    /// Goodbyes at a time at least: with a hundred subscriptions each they take about 5 ms.
    static let minimumShare = 50
    static let interval: TimeAmount = .milliseconds(5)

    private var waiting: [ClientConnection]
    private let share: Int
    /// What clients are told: to come back within so long.
    let window: TimeAmount
    let whenAllHaveLeft: () -> Void

    init(to clients: [ClientConnection], window: TimeAmount, whenAllHaveLeft: @escaping () -> Void) {
        // They are taken from the end.
        self.waiting = clients.reversed()
        self.share = Self.share(of: clients.count, in: window)
        self.window = window
        self.whenAllHaveLeft = whenAllHaveLeft
    }

    /// How many are told at a time, so that all are within half of the window.
    static func share(of clients: Int, in window: TimeAmount) -> Int {
        let turns = max(1, Int(window.nanoseconds / 2 / interval.nanoseconds))
        return max(minimumShare, (clients + turns - 1) / turns)
    }

    /// Whether somebody has not been told yet.
    var hasMore: Bool { !waiting.isEmpty }

    /// Those whose turn it is.
    mutating func next() -> [ClientConnection] {
        let count = min(share, waiting.count)
        defer { waiting.removeLast(count) }
        return waiting.suffix(count).reversed()
    }
}
