import Core
import NIOCore
import NIOHTTP1
import Platform
import Stores
import Synchronization

/// The node's plain HTTP pages: `/`, `/ready`, `/health`, `/stats`. Made on the loop that asks, from counters.
struct EdgePages: Sendable {
    let brand: String
    let version: String
    let wantedClients: Int
    let shards: [ShardCounters]
    let mailboxes: [ShardMailbox]
    let hub: Hub
    let health: EdgeHealth

    func reply(to path: Substring) -> HTTPReply? {
        switch path {
        case "/": index()
        case "/ready": ready()
        case "/health": healthReply()
        case "/stats": stats()
        default: nil
        }
    }

    private func index() -> HTTPReply {
        var json = JSONObjectWriter()
        json.string("name", brand)
        json.string("version", version)
        json.string("websocket", "/ws")
        json.string("health", "/health")
        json.string("ready", "/ready")
        return HTTPReply(.ok, body: json.finish())
    }

    private func ready() -> HTTPReply {
        let obstacles = health.obstacles
        guard !obstacles.isEmpty else { return HTTPReply(.ok, json: #"{"ok":true}"#) }
        var json = JSONObjectWriter()
        json.bool("ok", false)
        json.string("reason", obstacles.joined(separator: "; "))
        return HTTPReply(.serviceUnavailable, body: json.finish())
    }

    private func healthReply() -> HTTPReply {
        let problems = health.obstacles + health.shortcomings
        let heartbeat = health.ingestor.last
        var json = JSONObjectWriter()
        json.string("status", problems.isEmpty ? "healthy" : "degraded")
        json.string("redis", health.redis?().word ?? StoreStatus.unused.word)
        json.string("pubsub_listener", health.broker.status.isUsable ? "ok" : "disconnected")
        json.integer("connections", total { $0.connections.get() })
        json.string("broker", health.broker.status.word)
        json.string("history", health.history.status.word)
        json.string("ingestor", health.ingestor.complaint == nil ? "ok" : "silent")
        if let heartbeat {
            json.string("upstream", heartbeat.upstream.isConnected ? "connected" : "disconnected")
            json.bool("simulated", heartbeat.upstream.isSimulated)
        } else {
            json.string("upstream", "unknown")
        }
        if !problems.isEmpty { json.strings("problems", problems) }
        let notices = health.notices
        if !notices.isEmpty { json.strings("notices", notices) }
        if health.node.isDraining.load(ordering: .relaxed) { json.bool("draining", true) }
        return HTTPReply(problems.isEmpty ? .ok : .serviceUnavailable, body: json.finish())
    }

    private func stats() -> HTTPReply {
        let connections = total { $0.connections.get() }
        let subscriptions = total { $0.subscriptions.get() }
        let average = connections == 0 ? 0 : (Double(subscriptions) / Double(connections) * 100).rounded() / 100
        let stale = total { $0.staleDropped.get() } + hub.counters.staleDropped.load(ordering: .relaxed)
        var json = JSONObjectWriter()
        json.object("connections") {
            $0.integer("active_connections", connections)
            $0.integer("total_connections_lifetime", total { $0.connectionsEver.get() })
            $0.integer("total_messages_sent", total { $0.messagesSent.get() })
            $0.raw("avg_subscriptions_per_client", "\(average)")
            // As many as the process has descriptors for, which may be fewer than `MAX_CLIENTS_TOTAL`.
            $0.integer("max_limit", health.node.maximumClients)
            $0.integer("max_clients_total", wantedClients)
            $0.integer("descriptor_limit", health.node.descriptorLimit)
            $0.integer("messages_received", total { $0.messagesReceived.get() })
            $0.integer("messages_conflated", total { $0.conflated.get() })
            $0.integer("slow_consumers_closed", total { $0.slowConsumersClosed.get() })
            $0.integer("backlog_bytes", total { $0.backlogBytes.get() })
        }
        if let heartbeat = health.ingestor.last {
            var buffer = ByteBuffer()
            heartbeat.upstream.writeJSON(into: &buffer)
            json.raw("upstream", String(buffer: buffer))
        } else {
            json.raw("upstream", "null")
        }
        if let heartbeat = health.ingestor.last {
            json.object("ingestor") {
                $0.integer("epoch", heartbeat.epoch)
                $0.integer("heartbeat_ago_ms", health.ingestor.silence.nanoseconds / 1_000_000)
                $0.integer("unreadable_heartbeats", health.ingestor.unreadable)
            }
        }
        json.object("pubsub") {
            $0.integer("total_subscriptions", subscriptions)
            $0.integer("active_channels", hub.activeStreams)
            $0.integer("stale_publications_dropped", stale)
            $0.integer("gaps", total { $0.gaps.get() })
            $0.integer("holes_healed", hub.counters.healed.load(ordering: .relaxed))
            $0.integer("holes_not_healed", hub.counters.unhealed.load(ordering: .relaxed))
            $0.integer("history_reads", hub.counters.historyReads.load(ordering: .relaxed))
            $0.integer("history_failures", hub.counters.historyFailures.load(ordering: .relaxed))
            $0.integer("resumed", total { $0.resumed.get() })
            $0.integer("not_recovered", total { $0.notRecovered.get() })
            $0.integer("mailbox_dropped", mailboxes.reduce(0) { $0 + $1.dropped })
        }
        json.integer("log_lines_dropped", FileDescriptorSink.standardError.droppedLines)
        return HTTPReply(.ok, body: json.finish())
    }

    private func total(_ counter: (ShardCounters) -> Int) -> Int { shards.reduce(0) { $0 + counter($1) } }
}
