import Platform

/// What an ingestor tells of its publications, over all of its terms.
enum PublishingMetrics {
    static let sequenced = MetricFamily.counter(
        "tidegate_publications_sequenced_total",
        by: ["kind"],
        "Publications that were numbered, by the kind of their stream.",
        absent: "until a stream has come into use"
    )
    static let published = MetricFamily.counter(
        "tidegate_published_total",
        "Publications that the history has kept and the broker was given."
    )
    static let queue = MetricFamily.gauge(
        "tidegate_publisher_queue",
        "Publications that are numbered and not delivered yet."
    )
    static let retries = MetricFamily.counter(
        "tidegate_publisher_retries_total",
        "Deliveries that failed and were tried again."
    )
    static let dropped = MetricFamily.counter(
        "tidegate_publisher_dropped_total",
        by: ["reason"],
        "Publications that were numbered and never delivered: `full` where no room was left for them, or the history refused their stream; `deposed` where another leads, or the process stops."
    )
    static let breakerOpen = MetricFamily.gauge(
        "tidegate_publisher_breaker_open",
        "1 while the circuit breaker lets nothing, or only a trial, be delivered; else 0."
    )
    static let unusableLogs = MetricFamily.gauge(
        "tidegate_unusable_logs",
        "Streams whose log the history can't keep."
    )
    static let inbox = MetricFamily.counter(
        "tidegate_inbox_messages_total",
        by: ["outcome"],
        "Messages that came to be published by hand, by what became of them.",
        absent: "without `CONTROL_KEY`"
    )

    static let families = [sequenced, published, queue, retries, dropped, breakerOpen, unusableLogs, inbox]

    static func add(to snapshot: inout MetricsSnapshot, _ ingestor: Ingestor, _ state: IngestorState) {
        let publishing = ingestor.publishing
        snapshot.add(sequenced, ingestor.counters.sequenced.values)
        snapshot.add(published, publishing.published.get())
        snapshot.add(queue, state.queued)
        snapshot.add(retries, publishing.retries.get())
        snapshot.add(dropped, publishing.droppedAsFull.get(), labels: ["full"])
        snapshot.add(dropped, publishing.droppedAsDeposed.get(), labels: ["deposed"])
        snapshot.add(breakerOpen, state.breaker != "closed")
        snapshot.add(unusableLogs, state.unusableLogs.count)
        guard let counters = ingestor.inboxCounters else { return }
        let outcomes = [
            ("published", counters.published.get()), ("refused", counters.refused.get()),
            ("unsigned", counters.unsigned.get()), ("repeated", counters.repeated.get()),
            ("lost", counters.lost.get()), ("overrun", counters.overrun.get()),
        ]
        for (outcome, count) in outcomes { snapshot.add(inbox, count, labels: [outcome]) }
    }
}
