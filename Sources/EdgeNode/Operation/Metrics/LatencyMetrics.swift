import Platform

/// What a node tells of times. Each is recorded once for each publication, or for each shard and turn: never for a client.
enum LatencyMetrics {
    static let brokerLag = MetricFamily.histogram(
        "tidegate_broker_lag_seconds",
        "From when the ingestor had a publication from the exchange to when the broker brought it here. More than a "
            + "minute counts as one."
    )
    static let fanOut = MetricFamily.histogram(
        "tidegate_fan_out_seconds",
        "From when the broker brought the oldest publication of a shard's turn to the last write of that turn."
    )
    static let endToEnd = MetricFamily.histogram(
        "tidegate_end_to_end_seconds",
        "From the exchange's time of an update to the last write of the turn in which a shard gave it to its clients. Snapshots "
            + "do not count: they may repeat an old state. More than a minute counts as one."
    )
    static let loopLag = MetricFamily.histogram(
        "tidegate_event_loop_lag_seconds",
        by: ["shard"],
        "How late a shard's event loop came to a task that was due, four times a second."
    )

    static let families = [brokerLag, fanOut, endToEnd, LagMeter.negativeLags, loopLag]

    static func add(to snapshot: inout MetricsSnapshot, from report: EdgeReport) {
        let shards = report.shards
        let broker = report.hub.counters.brokerLag
        snapshot.add(brokerLag, broker.snapshot)
        snapshot.add(fanOut, shards.map(\.fanOut.snapshot).total(.seconds))
        snapshot.add(endToEnd, shards.map(\.endToEnd.snapshot).total(.lags))
        snapshot.add(broker.negative, at: .broker)
        snapshot.add(shards.total { $0.endToEnd.negative }, at: .endToEnd)
        for (shard, pulse) in report.shardPulses.enumerated() {
            snapshot.add(loopLag, pulse.lag, labels: ["\(shard)"])
        }
    }
}
