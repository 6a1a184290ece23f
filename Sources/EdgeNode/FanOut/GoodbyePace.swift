import NIOCore

/// How many clients of a shard are told to go at a time, and closed at a time. Pure.
struct GoodbyePace {
    /// At a time at least: with a hundred subscriptions each they take about 5 ms.
    static let minimumShare = 50
    static let interval: TimeAmount = .milliseconds(5)
    /// Over so many milliseconds at least clients come back, however short the window is.
    static let shortestSpread: Int64 = 1000

    /// So many that all are told within half of the window, and those that were given the same time are closed within it.
    let share: Int

    init(clients: Int, window: TimeAmount) {
        let turns = max(1, Int(window.nanoseconds / 2 / Self.interval.nanoseconds))
        share = max(Self.minimumShare, (clients + turns - 1) / turns)
    }
}
