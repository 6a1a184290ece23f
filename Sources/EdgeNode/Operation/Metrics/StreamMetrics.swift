import Platform

/// What a node tells of the streams that it brings to its clients.
enum StreamMetrics {
    static let subscriptions = MetricFamily.gauge("tidegate_subscriptions", "Subscriptions of all clients.")
    static let confirmed = MetricFamily.counter(
        "tidegate_subscriptions_confirmed_total",
        "Streams that clients were told they have, of all that asked."
    )
    static let active = MetricFamily.gauge("tidegate_active_streams", "Streams that the broker brings to this node.")
    static let forbidden = MetricFamily.counter(
        "tidegate_forbidden_streams_total",
        "Streams that were asked for by somebody who may not have them, or were taken from somebody."
    )
    static let received = MetricFamily.counter(
        "tidegate_publications_received_total",
        by: ["kind"],
        "Publications that the broker brought, by the kind of their stream.",
        absent: "until a stream has come into use"
    )
    static let deliveries = MetricFamily.counter(
        "tidegate_deliveries_total",
        by: ["kind"],
        "Messages of streams that clients were given, by the kind of the stream; with gap notices and what was replayed.",
        absent: "until a stream has come into use"
    )
    static let bytes = MetricFamily.counter("tidegate_delivered_bytes_total", "Bytes of the frames of those messages.")
    static let batch = MetricFamily.histogram(
        "tidegate_batch_publications",
        "Publications that one turn of a shard gave to its clients."
    )
    static let conflated = MetricFamily.counter(
        "tidegate_conflated_total",
        "Publications that a client was not given, since it could not take them or has a rate: a newer state stands for them."
    )
    static let resynchronised = MetricFamily.counter(
        "tidegate_resynchronised_total",
        "Order books that a client was given anew in the place of changes that it could not take."
    )
    static let transientDropped = MetricFamily.counter(
        "tidegate_transient_dropped_total",
        "Messages without a number that a client was not given, since it could not take them."
    )
    static let outboxBytes = MetricFamily.gauge(
        "tidegate_outbox_bytes",
        "Bytes that wait for clients that do not take them now."
    )
    static let stale = MetricFamily.counter(
        "tidegate_stale_publications_total",
        "Publications that repeated what the node had, or came from a former leader, and were dropped."
    )
    static let mailboxDropped = MetricFamily.counter(
        "tidegate_mailbox_dropped_total",
        "Publications that were dropped in front of a shard that could not keep up; they are read from the history again."
    )

    static let families = [
        subscriptions, confirmed, active, forbidden, received, deliveries, bytes, batch, conflated, resynchronised,
        transientDropped, outboxBytes, stale, mailboxDropped,
    ]

    static func add(to snapshot: inout MetricsSnapshot, from report: EdgeReport) {
        let shards = report.shards
        let hub = report.hub
        snapshot.add(subscriptions, shards.total { $0.subscriptions.get() })
        snapshot.add(confirmed, shards.total { $0.confirmed.get() })
        snapshot.add(active, hub.activeStreams)
        snapshot.add(forbidden, shards.total { $0.forbidden.get() })
        snapshot.add(received, hub.counters.received.values)
        snapshot.add(deliveries, shards.map(\.deliveries.values).totals())
        snapshot.add(bytes, shards.total { $0.deliveredBytes.get() })
        snapshot.add(batch, shards.map(\.batches.snapshot).total(.amounts))
        snapshot.add(conflated, shards.total { $0.conflated.get() })
        snapshot.add(resynchronised, shards.total { $0.resynchronised.get() })
        snapshot.add(transientDropped, shards.total { $0.transientDropped.get() })
        snapshot.add(outboxBytes, shards.total { $0.backlogBytes.get() })
        snapshot.add(stale, shards.total { $0.staleDropped.get() } + hub.counters.staleDropped.get())
        snapshot.add(mailboxDropped, report.mailboxes.reduce(0) { $0 + $1.dropped })
    }
}
