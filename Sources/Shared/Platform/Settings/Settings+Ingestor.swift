extension Settings {
    /// What the ingestor keeps subscribed, and for how long.
    package enum Ingestor {
        package static let topicLinger = Setting<Duration>(
            "UPSTREAM_LINGER",
            default: .seconds(30),
            unit: "s",
            rule: .delay,
            usedBy: .upstream,
            summary: "How long a topic that nobody wants any more stays subscribed."
        )
        package static let staleAfter = Setting<Duration>(
            "UPSTREAM_STALE_AFTER",
            default: .seconds(60),
            unit: "s",
            rule: .interval,
            usedBy: .upstream,
            summary: "A ticker or order book that is silent for so long is subscribed anew."
        )
        package static let demandLease = Setting<Duration>(
            "DEMAND_LEASE",
            default: .seconds(15),
            unit: "s",
            rule: .interval,
            usedBy: .everyProgram,
            summary: "How long a node's wish for a stream, or a user's place, counts unless renewed; the same on all."
        )
    }
}
