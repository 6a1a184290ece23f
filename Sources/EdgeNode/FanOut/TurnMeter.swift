import Core
import NIOCore
import Platform

/// What the turns of a shard carried, and how long it was on its way: noted per publication that was for some client, told to the
/// histograms once at the end of a turn. Lives on the shard's loop; bounded by the publications of a turn.
///
/// A turn that ends before all sockets had theirs, under great load, is measured up to its end.
struct TurnMeter {
    private let counters: ShardCounters
    private var publications = 0
    /// When the broker brought the first of them.
    private var oldest = NIODeadline.uptimeNanoseconds(0)
    /// When the exchange made the updates, in milliseconds since 1970, and how many it made then: what comes together was mostly
    /// made together. No snapshots: an ingestor publishes them anew where somebody needs them, with the time of the state in
    /// them, which says how old it is and not how long it was on its way.
    private var exchangeTimes: [(time: Int64, count: Int)] = []

    init(_ counters: ShardCounters) {
        self.counters = counters
    }

    /// It has been given to clients.
    mutating func note(_ envelope: Envelope, since: NIODeadline) {
        if publications == 0 { oldest = since }
        publications += 1
        guard case .update = envelope.publication.kind else { return }
        let time = envelope.publication.exchangeTime
        if let last = exchangeTimes.last, last.time == time {
            exchangeTimes[exchangeTimes.count - 1].count += 1
        } else {
            exchangeTimes.append((time, 1))
        }
    }

    /// What was noted has been written.
    ///
    /// - Parameter wall: Microseconds since 1970; only asked for where there is something to tell.
    mutating func end(at now: NIODeadline, wall: () -> Int64 = WallClock.microseconds) {
        guard publications > 0 else { return }
        counters.batches.record(publications)
        counters.fanOut.record(Int(max(0, (now - oldest).nanoseconds)))
        if !exchangeTimes.isEmpty {
            let wall = wall()
            for (time, count) in exchangeTimes { counters.endToEnd.record(time &* 1000, count: count, at: wall) }
            exchangeTimes.removeAll(keepingCapacity: true)
        }
        publications = 0
    }
}
