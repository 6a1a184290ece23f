import Core
import NIOCore
import NIOHTTP1
import Platform
import Stores

/// `/stats`: what the node has counted.
struct StatsPage: HTTPPage {
    let path = "/stats"
    let wantedClients: Int
    let node: NodeState
    let ingestor: IngestorMonitor
    let shards: [ShardCounters]
    let mailboxes: [ShardMailbox]
    let hub: Hub
    let admission: AdmissionCounters
    let refusals: RefusalCounters
    let connectionCounts: any ConnectionCounts
    /// Nil where nothing can be revoked.
    let revocations: Revocations?

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(reply) }

    private var reply: HTTPReply {
        let connections = shards.total { $0.connections.get() }
        let subscriptions = shards.total { $0.subscriptions.get() }
        let average = connections == 0 ? 0 : (Double(subscriptions) / Double(connections) * 100).rounded() / 100
        let stale = shards.total { $0.staleDropped.get() } + hub.counters.staleDropped.get()
        let counted = connectionCounts.report
        let body = JSONWriter.object { json in
            json.object("connections") {
                $0.integer("active_connections", connections)
                $0.integer("total_connections_lifetime", shards.total { $0.connectionsEver.get() })
                $0.integer("total_messages_sent", shards.total { $0.messagesSent.get() })
                $0.raw("avg_subscriptions_per_client", "\(average)")
                // As many as the process has descriptors for, which may be fewer than `MAX_CLIENTS_TOTAL`.
                $0.integer("max_limit", node.maximumClients)
                $0.integer("max_clients_total", wantedClients)
                $0.integer("descriptor_limit", node.descriptorLimit)
                $0.integer("messages_received", shards.total { $0.messagesReceived.get() })
                $0.integer("messages_conflated", shards.total { $0.conflated.get() })
                $0.integer("transient_dropped", shards.total { $0.transientDropped.get() })
                $0.integer("slow_consumers_closed", shards.total { $0.slowConsumersClosed.get() })
                $0.integer("backlog_bytes", shards.total { $0.backlogBytes.get() })
            }
            json.object("admission") {
                $0.integer("authenticated", shards.total { $0.cameAuthenticated.get() })
                $0.integer("refused", admission.refused.get())
                $0.integer("unavailable", admission.unavailable.get())
                $0.integer("address_connections", refusals.addressConnections.get())
                $0.integer("address_rate", refusals.addressRate.get())
                $0.integer("node_rate", refusals.nodeRate.get())
                $0.integer("principal_connections", refusals.principalConnections.get())
                // Which of them are counted together, and how many were let in when not all could be.
                $0.string("connections_counted", counted.scope.rawValue)
                $0.integer("connections_counted_alone", counted.takenAlone)
                $0.integer("origin", refusals.origin.get())
                $0.integer("proxy_protocol", refusals.proxyProtocol.get())
                $0.integer("authenticated_in_band", shards.total { $0.authenticated.get() })
                $0.integer("refused_in_band", shards.total { $0.tokensRefused.get() })
                $0.integer("streams_forbidden", shards.total { $0.forbidden.get() })
            }
            json.key("upstream")
            if let heartbeat = ingestor.last {
                heartbeat.upstream.write(into: &json)
            } else {
                json.raw("null")
            }
            if let heartbeat = ingestor.last {
                json.object("ingestor") {
                    $0.integer("epoch", heartbeat.epoch)
                    $0.integer("heartbeat_ago_ms", ingestor.silence.nanoseconds / 1_000_000)
                    $0.integer("unreadable_heartbeats", ingestor.unreadable)
                }
            }
            json.object("pubsub") {
                $0.integer("total_subscriptions", subscriptions)
                $0.integer("subscriptions_confirmed", shards.total { $0.confirmed.get() })
                $0.integer("active_channels", hub.activeStreams)
                $0.integer("stale_publications_dropped", stale)
                $0.integer("gaps", shards.total { $0.gaps.get() })
                $0.integer("holes_healed", hub.counters.healed.get())
                $0.integer("holes_not_healed", hub.counters.unhealed.get())
                $0.integer("history_reads", hub.counters.historyReads.get())
                $0.integer("history_failures", hub.counters.historyFailures.get())
                $0.integer("resumed", shards.total { $0.resumed.get() })
                $0.integer("not_recovered", shards.total { $0.notRecovered.get() })
                $0.integer("mailbox_dropped", mailboxes.reduce(0) { $0 + $1.dropped })
            }
            if let revocations {
                json.object("revocations") {
                    $0.integer("in_force", revocations.list.count)
                    $0.integer("heard", revocations.heard.get())
                    $0.integer("refused", revocations.refused.get())
                }
            }
            json.integer("log_lines_dropped", FileDescriptorSink.standardError.droppedLines)
        }
        return HTTPReply(.ok, body: body)
    }
}
