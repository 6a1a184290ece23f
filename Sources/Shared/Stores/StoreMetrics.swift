import Platform

/// What programs tell of the stores that they use.
package enum StoreMetrics {
    package static let brokerConnected = MetricFamily.gauge(
        "tidegate_broker_connected",
        "1 while all connections to the broker stand, 0 while one is away."
    )
    package static let brokerReconnects = MetricFamily.counter(
        "tidegate_broker_reconnects_total",
        "How often a connection to the broker was there again after it was lost."
    )
    package static let historyConnected = MetricFamily.gauge(
        "tidegate_history_connected",
        "1 while the connection to the history stands, or none is needed; 0 while it is away."
    )
    package static let historyReconnects = MetricFamily.counter(
        "tidegate_history_reconnects_total",
        "How often the connection to the history was there again after it was lost."
    )

    /// What all programs tell: of themselves, of the process, and of these.
    package static let common = ProgramMetrics.families + ProcessMetrics.families + families

    package static let families = [brokerConnected, brokerReconnects, historyConnected, historyReconnects]

    package static func add(
        to snapshot: inout MetricsSnapshot,
        broker: any StoreConnection,
        history: any StoreConnection
    ) {
        snapshot.add(brokerConnected, broker.status.isUsable)
        snapshot.add(brokerReconnects, broker.reconnects)
        snapshot.add(historyConnected, history.status.isUsable)
        snapshot.add(historyReconnects, history.reconnects)
    }
}
