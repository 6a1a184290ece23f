/// What all clients together have counted, at a moment. A value.
struct FleetSnapshot: Sendable {
    var tally = Tally()
    var slowTally = Tally()
    var storm = StormCounts()
    var live = 0
    var slowLive = 0
    var retries = 0
    var connectionsMade = 0
    /// All who should be connected are.
    var isSettled = true
    var failure: LoadFailure?
    /// CPU time of the loops' threads, in nanoseconds.
    var cpu: Int64 = 0

    init() {}

    /// On the loop.
    init(_ loop: ClientLoop) {
        tally = loop.tally
        slowTally = loop.slowTally
        storm = loop.storm
        live = loop.live
        slowLive = loop.slowLive
        retries = loop.retries
        connectionsMade = loop.connectionsMade
        isSettled = loop.isSettled
        failure = loop.failure
        cpu = MonotonicClock.threadCPU()
    }

    static func + (left: Self, right: Self) -> Self {
        var sum = FleetSnapshot()
        sum.tally = left.tally + right.tally
        sum.slowTally = left.slowTally + right.slowTally
        sum.storm = left.storm + right.storm
        sum.live = left.live + right.live
        sum.slowLive = left.slowLive + right.slowLive
        sum.retries = left.retries + right.retries
        sum.connectionsMade = left.connectionsMade + right.connectionsMade
        sum.isSettled = left.isSettled && right.isSettled
        sum.failure = left.failure ?? right.failure
        sum.cpu = left.cpu + right.cpu
        return sum
    }
}
