import FeedKit
import Platform
import Stores

/// What an ingestor tells of the exchange and its frames, all feeds together.
enum UpstreamMetrics {
    static let connected = MetricFamily.gauge(
        "tidegate_upstream_connected",
        "1 while every feed has a connection; else 0, as on a standby, which needs none."
    )
    static let reconnects = MetricFamily.counter(
        "tidegate_upstream_reconnects_total",
        "How often a connection to the exchange was made anew."
    )
    static let age = MetricFamily.gauge(
        "tidegate_upstream_age_seconds",
        "How long ago the last frame with data came.",
        absent: "until one came"
    )
    static let topics = MetricFamily.gauge("tidegate_upstream_topics", "Topics that are subscribed at the exchange.")
    static let received = MetricFamily.counter("tidegate_frames_received_total", "Frames of the exchange that came.")
    static let skipped = MetricFamily.counter(
        "tidegate_frames_skipped_total",
        by: ["reason"],
        "Frames that could not be used; of those that are `incomplete` a part could."
    )
    static let refused = MetricFamily.counter(
        "tidegate_refused_topics_total",
        "Topics that the exchange has refused."
    )
    static let refusedRequests = MetricFamily.counter(
        "tidegate_refused_requests_total",
        "Requests that the exchange answered with a failure: for good, or for the time being; then they are made again."
    )
    static let bookRestarts = MetricFamily.counter(
        "tidegate_book_restarts_total",
        "Order books whose update numbers had a hole, and that were subscribed anew."
    )
    static let ingestLag = MetricFamily.histogram(
        "tidegate_ingest_lag_seconds",
        "From the exchange's time of a frame to when it came here. More than a minute counts as one."
    )

    static let families = [
        connected, reconnects, age, topics, received, skipped, refused, refusedRequests, bookRestarts, ingestLag,
        LagMeter.negativeLags,
    ]

    static func add(to snapshot: inout MetricsSnapshot, _ ingestor: Ingestor, _ upstream: UpstreamStatus) {
        snapshot.add(connected, upstream.isConnected)
        snapshot.add(reconnects, upstream.reconnectCount)
        if let age = upstream.lastDataAgo { snapshot.add(Self.age, age) }
        snapshot.add(topics, upstream.subscribedCount)
        snapshot.add(received, ingestor.total { $0.framesReceived.get() })
        let reasons: [(String, (FeedCounters) -> Int)] = [
            ("malformed", { $0.malformedFrames.get() }),
            ("incomplete", { $0.incompleteFrames.get() }),
            ("unknown_topic", { $0.unknownTopicFrames.get() }),
            ("oversized", { $0.oversizedFrames.get() }),
            ("before_snapshot", { $0.unusableFrames.get() }),
        ]
        for (reason, count) in reasons { snapshot.add(skipped, ingestor.total(count), labels: [reason]) }
        snapshot.add(refused, ingestor.counters.refusedTopics.get())
        snapshot.add(refusedRequests, ingestor.total { $0.refusedRequests.get() })
        snapshot.add(bookRestarts, ingestor.total { $0.bookRestarts.get() })
        snapshot.add(ingestLag, ingestor.counters.ingestLag.snapshot)
        snapshot.add(ingestor.counters.ingestLag.negative, at: .ingest)
    }
}
