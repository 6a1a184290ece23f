import NIOCore
import Platform
import Stores
import Synchronization

/// What a node tells of itself, and of the ingestor as it hears it.
enum NodeMetrics {
    static let ready = MetricFamily.gauge(
        "tidegate_ready",
        "1 where new clients should come here, as `/ready` says; else 0."
    )
    static let draining = MetricFamily.gauge("tidegate_draining", "1 once the node was told to stop; else 0.")
    static let heartbeatAge = MetricFamily.gauge(
        "tidegate_heartbeat_age_seconds",
        "How long no heartbeat of the ingestor was heard; one comes every second.",
        absent: "until one was heard"
    )
    static let epoch = MetricFamily.gauge(
        "tidegate_ingestor_epoch",
        "The term of the ingestor whose heartbeats are heard.",
        absent: "until one was heard"
    )
    static let unreadableHeartbeats = MetricFamily.counter(
        "tidegate_unreadable_heartbeats_total",
        "Messages in the heartbeats' place that were none."
    )
    static let lowerTermHeartbeats = MetricFamily.counter(
        "tidegate_lower_term_heartbeats_total",
        "Heartbeats of a lower term than one that was heard before: they are not followed."
    )
    static let revocations = MetricFamily.gauge(
        "tidegate_revocations_in_force",
        "Revocations of users and credentials that hold now.",
        absent: "without `CONTROL_KEY`"
    )
    static let revocationsHeard = MetricFamily.counter(
        "tidegate_revocations_heard_total",
        "Revocations that came and were good.",
        absent: "without `CONTROL_KEY`"
    )
    static let revocationsRefused = MetricFamily.counter(
        "tidegate_revocations_refused_total",
        "Revocations that were not signed rightly, or made no sense.",
        absent: "without `CONTROL_KEY`"
    )
    static let certificateExpiry = MetricFamily.gauge(
        "tidegate_certificate_expiry_timestamp_seconds",
        "When the certificate that clients are shown ends, in seconds since 1970.",
        absent: "without TLS"
    )
    static let keyExpiry = MetricFamily.gauge(
        "tidegate_key_expiry_timestamp_seconds",
        "When the first API key will end that is good now, in seconds since 1970.",
        absent: "where none ends"
    )

    static let families = [
        ready, draining, heartbeatAge, epoch, unreadableHeartbeats, lowerTermHeartbeats, revocations, revocationsHeard,
        revocationsRefused, certificateExpiry, keyExpiry,
    ]

    static func add(to snapshot: inout MetricsSnapshot, from report: EdgeReport) {
        let health = report.health
        snapshot.add(ready, health.obstacles.isEmpty)
        snapshot.add(draining, health.node.isLeaving.load(ordering: .relaxed))
        if let heartbeat = health.ingestor.last {
            snapshot.add(heartbeatAge, Double(health.ingestor.silence.nanoseconds) / 1_000_000_000)
            snapshot.add(epoch, Int(clamping: heartbeat.epoch))
        }
        snapshot.add(unreadableHeartbeats, health.ingestor.unreadable)
        snapshot.add(lowerTermHeartbeats, health.ingestor.refused)
        if let list = report.revocations {
            snapshot.add(revocations, list.list.count)
            snapshot.add(revocationsHeard, list.heard.get())
            snapshot.add(revocationsRefused, list.refused.get())
        }
        if let certificate = report.certificate { snapshot.add(certificateExpiry, certificate.expiresAt) }
        if let end = report.firstKeyEnd?(WallClock.milliseconds()) { snapshot.add(keyExpiry, Int(end / 1000)) }
    }
}
