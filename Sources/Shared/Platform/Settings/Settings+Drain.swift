extension Settings {
    /// How an edge node leaves when it is told to stop.
    package enum Drain {
        /// None by itself: where no load balancer has to see that a node leaves, waiting is of no use to anybody. Those that
        /// have one know how long it takes to look (deploy, compose.yaml).
        package static let delay = Setting<Duration>(
            "DRAIN_DELAY",
            default: .zero,
            unit: "s",
            rule: .delay,
            usedBy: .edge,
            summary:
                "How long a node that was told to stop still takes clients, with `/ready` at 503 already, until load "
                + "balancers have seen that; a part of DRAIN_SECONDS."
        )
        package static let seconds = Setting<Duration>(
            "DRAIN_SECONDS",
            default: .seconds(10),
            unit: "s",
            rule: .delay,
            usedBy: .edge,
            summary:
                "From being told to stop to the end at the latest: within it each client is told to go, gets a time of "
                + "its own to do so, and is closed."
        )
    }
}
