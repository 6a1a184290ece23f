/// What became of clients that came back after a cut. A value.
struct StormCounts: Sendable, Equatable {
    /// Clients whose resume was answered.
    var reconnected = 0
    /// Subscriptions, by what the node answered.
    var recovered = 0
    var notRecovered = 0
    /// Publications that it announced to send again.
    var replayed = 0
    /// Clients that have had something that was published after the answer.
    var live = 0
    /// When the last of them had it.
    var lastLive: Int64 = 0

    static func + (left: Self, right: Self) -> Self {
        StormCounts(
            reconnected: left.reconnected + right.reconnected,
            recovered: left.recovered + right.recovered,
            notRecovered: left.notRecovered + right.notRecovered,
            replayed: left.replayed + right.replayed,
            live: left.live + right.live,
            lastLive: max(left.lastLive, right.lastLive)
        )
    }
}
