import Platform

/// What a node tells of its clients' connections.
enum ConnectionMetrics {
    static let connections = MetricFamily.gauge("tidegate_connections", "Clients that are connected.")
    static let limit = MetricFamily.gauge(
        "tidegate_connections_limit",
        "Clients for which there is a place: `MAX_CLIENTS_TOTAL`, or fewer where the process may not open so many files."
    )
    static let opened = MetricFamily.counter("tidegate_connections_opened_total", "Clients that have connected.")
    static let closed = MetricFamily.counter(
        "tidegate_connections_closed_total",
        by: ["code", "by"],
        "Connections that have ended, by close code and by whose close frame came first: `client`, `node`, or `network` where "
            + "there was none. 1005 is a frame without a code, 1006 no frame: by `network` the connection broke, by `node` the "
            + "node closed it without one."
    )
    static let refusals = MetricFamily.counter(
        "tidegate_handshake_refusals_total",
        by: ["reason"],
        "Opening handshakes that were refused or came to nothing, and connections that were closed before one."
    )
    static let handshakes = MetricFamily.histogram(
        "tidegate_handshake_seconds",
        "From the accepted connection to the answer 101, with TLS and the judgement of credentials."
    )
    static let authenticated = MetricFamily.counter(
        "tidegate_authenticated_total",
        "Clients that have connected with a good credential."
    )
    static let authenticatedInBand = MetricFamily.counter(
        "tidegate_authenticated_in_band_total",
        "Good tokens that clients have shown on a connection that was there."
    )
    static let refusedInBand = MetricFamily.counter(
        "tidegate_refused_in_band_total",
        "Tokens that clients have shown on a connection that was there, and that were refused."
    )
    static let received = MetricFamily.counter(
        "tidegate_messages_received_total",
        "Messages that clients have sent; pings, pongs and close frames are none."
    )
    static let sent = MetricFamily.counter(
        "tidegate_messages_sent_total",
        "Messages that clients were sent: deliveries, and replies to requests."
    )
    static let slow = MetricFamily.counter(
        "tidegate_slow_closes_total",
        "Clients that were closed since they did not take what they were sent."
    )
    static let countedAlone = MetricFamily.counter(
        "tidegate_connections_counted_alone_total",
        "Clients that were let in by the count of this node alone, since all nodes' could not be had."
    )

    static let families = [
        connections, limit, opened, closed, refusals, handshakes, authenticated, authenticatedInBand, refusedInBand,
        received, sent, slow, countedAlone,
    ]

    static func add(to snapshot: inout MetricsSnapshot, from report: EdgeReport) {
        let shards = report.shards
        snapshot.add(connections, shards.total { $0.connections.get() })
        snapshot.add(limit, report.health.node.maximumClients)
        snapshot.add(opened, shards.total { $0.connectionsEver.get() })
        let endings = shards.map(\.endings.values).totals().map { ([$0.codeText, $0.side.rawValue], $1) }
        for (labels, count) in endings.sorted(by: { $0.0.lexicographicallyPrecedes($1.0) }) {
            snapshot.add(closed, count, labels: labels)
        }
        for (reason, count) in reasons(report) { snapshot.add(refusals, count, labels: [reason]) }
        snapshot.add(handshakes, shards.map(\.handshakes.snapshot).total(.seconds))
        snapshot.add(authenticated, shards.total { $0.cameAuthenticated.get() })
        snapshot.add(authenticatedInBand, shards.total { $0.authenticated.get() })
        snapshot.add(refusedInBand, shards.total { $0.tokensRefused.get() })
        snapshot.add(received, shards.total { $0.messagesReceived.get() })
        snapshot.add(sent, shards.total { $0.messagesSent.get() })
        snapshot.add(slow, shards.total { $0.slowConsumersClosed.get() })
        snapshot.add(countedAlone, report.connectionCounts.report.takenAlone)
    }

    private static func reasons(_ report: EdgeReport) -> [(String, Int)] {
        let own = report.shards.map(\.refusals.values).totals()
        let refusals = report.refusals
        return [
            ("unauthorized", report.admission.refused.get()),
            ("unavailable", report.admission.unavailable.get()),
            ("address_connections", refusals.addressConnections.get()),
            ("address_rate", refusals.addressRate.get()),
            ("node_rate", refusals.nodeRate.get()),
            ("principal_connections", refusals.principalConnections.get()),
            ("origin", refusals.origin.get()),
            ("proxy_protocol", refusals.proxyProtocol.get()),
        ] + HandshakeRefusal.allCases.map { ($0.rawValue, own[$0] ?? 0) }
    }
}
