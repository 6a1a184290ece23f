import Core
import NIOCore
import NIOHTTP1
import Platform
import Stores

/// `/stats`: what the node has counted, as JSON.
struct StatsPage: HTTPPage {
    let path = "/stats"
    let wantedClients: Int
    let report: EdgeReport

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(reply) }

    private var reply: HTTPReply {
        let snapshot = report.counted()
        let heartbeat = report.health.ingestor.last
        let body = JSONWriter.object { json in
            json.object("connections") { writeConnections(snapshot, into: &$0) }
            json.object("admission") { writeAdmission(snapshot, into: &$0) }
            json.key("upstream")
            if let heartbeat { heartbeat.upstream.write(into: &json) } else { json.raw("null") }
            if let heartbeat {
                json.object("ingestor") {
                    $0.integer("epoch", heartbeat.epoch)
                    $0.integer("heartbeat_ago_ms", report.health.ingestor.silence.nanoseconds / 1_000_000)
                    $0.integer("unreadable_heartbeats", snapshot[NodeMetrics.unreadableHeartbeats])
                }
            }
            json.object("pubsub") { writeStreams(snapshot, into: &$0) }
            if report.revocations != nil {
                json.object("revocations") {
                    $0.integer("in_force", snapshot[NodeMetrics.revocations])
                    $0.integer("heard", snapshot[NodeMetrics.revocationsHeard])
                    $0.integer("refused", snapshot[NodeMetrics.revocationsRefused])
                }
            }
            json.integer("log_lines_dropped", snapshot[ProgramMetrics.logLinesDropped])
        }
        return HTTPReply(.ok, body: body)
    }

    private func writeConnections(_ snapshot: MetricsSnapshot, into json: inout JSONWriter) {
        let connections = snapshot[ConnectionMetrics.connections]
        let subscriptions = snapshot[StreamMetrics.subscriptions]
        let average = connections == 0 ? 0 : (Double(subscriptions) / Double(connections) * 100).rounded() / 100
        json.integer("active_connections", connections)
        json.integer("total_connections_lifetime", snapshot[ConnectionMetrics.opened])
        json.integer("total_messages_sent", snapshot[ConnectionMetrics.sent])
        json.raw("avg_subscriptions_per_client", "\(average)")
        // As many as the process has descriptors for, which may be fewer than `MAX_CLIENTS_TOTAL`.
        json.integer("max_limit", snapshot[ConnectionMetrics.limit])
        json.integer("max_clients_total", wantedClients)
        json.integer("descriptor_limit", report.health.node.descriptorLimit)
        json.integer("messages_received", snapshot[ConnectionMetrics.received])
        json.integer("messages_conflated", snapshot[StreamMetrics.conflated])
        json.integer("transient_dropped", snapshot[StreamMetrics.transientDropped])
        json.integer("slow_consumers_closed", snapshot[ConnectionMetrics.slow])
        json.integer("backlog_bytes", snapshot[StreamMetrics.outboxBytes])
    }

    private func writeAdmission(_ snapshot: MetricsSnapshot, into json: inout JSONWriter) {
        let refusals = ConnectionMetrics.refusals
        json.integer("authenticated", snapshot[ConnectionMetrics.authenticated])
        json.integer("refused", snapshot[refusals, "unauthorized"])
        for reason in [
            "unavailable", "address_connections", "address_rate", "node_rate", "principal_connections",
        ] {
            json.integer(reason, snapshot[refusals, reason])
        }
        // Which of them are counted together, and how many were let in when not all could be.
        json.string("connections_counted", report.connectionCounts.report.scope.rawValue)
        json.integer("connections_counted_alone", snapshot[ConnectionMetrics.countedAlone])
        for reason in ["origin", "proxy_protocol"] + HandshakeRefusal.allCases.map(\.rawValue) {
            json.integer(reason, snapshot[refusals, reason])
        }
        json.integer("authenticated_in_band", snapshot[ConnectionMetrics.authenticatedInBand])
        json.integer("refused_in_band", snapshot[ConnectionMetrics.refusedInBand])
        json.integer("streams_forbidden", snapshot[StreamMetrics.forbidden])
    }

    private func writeStreams(_ snapshot: MetricsSnapshot, into json: inout JSONWriter) {
        typealias Continuity = ContinuityMetrics
        let recovered = snapshot[Continuity.resumes, Continuity.recovered, ""]
        json.integer("total_subscriptions", snapshot[StreamMetrics.subscriptions])
        json.integer("subscriptions_confirmed", snapshot[StreamMetrics.confirmed])
        json.integer("active_channels", snapshot[StreamMetrics.active])
        json.integer("stale_publications_dropped", snapshot[StreamMetrics.stale])
        json.integer("gaps", snapshot[Continuity.gaps])
        json.integer("holes_healed", snapshot[Continuity.healed])
        json.integer("holes_not_healed", snapshot[Continuity.unhealed])
        json.integer("history_reads", snapshot[Continuity.reads])
        json.integer("history_failures", snapshot[Continuity.readFailures])
        json.integer("resumed", recovered)
        json.integer("not_recovered", snapshot[Continuity.resumes] - recovered)
        json.integer("mailbox_dropped", snapshot[StreamMetrics.mailboxDropped])
    }
}
