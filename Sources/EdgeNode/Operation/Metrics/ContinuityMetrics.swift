import Core
import Platform

/// What a node tells of holes: those that clients had, and those of the live stream.
enum ContinuityMetrics {
    static let resumes = MetricFamily.counter(
        "tidegate_resumes_total",
        by: ["outcome", "reason"],
        "Streams that clients resumed: `recovered`, or `not_recovered` with the reason that the client was told; `no_position` where it had none, as at its first connect."
    )
    static let replayed = MetricFamily.counter(
        "tidegate_replayed_messages_total",
        "Messages that clients missed and were given again."
    )
    static let reads = MetricFamily.counter(
        "tidegate_history_reads_total",
        "Reads of the history: for streams that come into use, for holes, and for resumes."
    )
    static let readFailures = MetricFamily.counter(
        "tidegate_history_read_failures_total",
        "Reads of the history that failed or took too long."
    )
    static let healed = MetricFamily.counter(
        "tidegate_holes_healed_total",
        "Holes in what the broker brought that were filled from the history before any client saw them."
    )
    static let unhealed = MetricFamily.counter(
        "tidegate_holes_unhealed_total",
        "Holes that the history could not fill."
    )
    static let gaps = MetricFamily.counter(
        "tidegate_gaps_total",
        by: ["reason"],
        "Holes that clients were told of, once for each stream and shard: `upstream`, `failover` or `edge`, as the notice says."
    )

    static let families = [resumes, replayed, reads, readFailures, healed, unhealed, gaps]

    /// The words of `outcome`.
    static let recovered = "recovered"
    static let notRecovered = "not_recovered"
    /// A reason of the metric alone: the client is told `unknown`.
    static let noPosition = "no_position"

    static func add(to snapshot: inout MetricsSnapshot, from report: EdgeReport) {
        let shards = report.shards
        let hub = report.hub.counters
        snapshot.add(resumes, shards.total { $0.resumed.get() }, labels: [recovered, ""])
        let failures = shards.map(\.notRecovered.values).totals()
        for reason in ResumeFailure.allCases {
            snapshot.add(resumes, failures[reason] ?? 0, labels: [notRecovered, reason.rawValue])
        }
        snapshot.add(resumes, shards.total { $0.withoutPosition.get() }, labels: [notRecovered, noPosition])
        snapshot.add(replayed, shards.total { $0.replayed.get() })
        snapshot.add(reads, hub.historyReads.get())
        snapshot.add(readFailures, hub.historyFailures.get())
        snapshot.add(healed, hub.healed.get())
        snapshot.add(unhealed, hub.unhealed.get())
        let told = shards.map(\.gaps.values).totals()
        for reason in GapReason.allCases { snapshot.add(gaps, told[reason] ?? 0, labels: [reason.rawValue]) }
    }
}
