import Platform
import Stores

/// What an ingestor tells of its place among the ingestors, and of what is asked of it.
enum LeaderMetrics {
    static let leader = MetricFamily.gauge("tidegate_leader", "1 while this ingestor leads, 0 while it stands by.")
    static let term = MetricFamily.gauge("tidegate_term", "The term in which it leads; 0 while it stands by.")
    static let demanded = MetricFamily.gauge("tidegate_demanded_streams", "Streams that some node wants.")

    static let families = [leader, term, demanded]

    static func add(to snapshot: inout MetricsSnapshot, _ state: IngestorState, demanded streams: Int) {
        var epoch: UInt64 = 0
        if case .leader(let term) = state.role { epoch = term }
        snapshot.add(leader, state.role != .standby)
        snapshot.add(term, Int(clamping: epoch))
        snapshot.add(demanded, streams)
    }
}
