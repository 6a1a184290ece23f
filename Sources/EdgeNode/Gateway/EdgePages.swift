import NIOCore
import NIOHTTP1
import Shared
import Synchronization

/// The node's plain HTTP pages: `/`, `/ready`, `/health`, `/stats`. Made on the loop that asks, from counters.
struct EdgePages: Sendable {
    let brand: String
    let version: String
    let maximumClients: Int
    let node: NodeState
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
        node.isDraining.load(ordering: .relaxed)
            ? HTTPReply(.serviceUnavailable, json: #"{"ok":false,"reason":"draining"}"#)
            : HTTPReply(.ok, json: #"{"ok":true}"#)
    }

    private func healthReply() -> HTTPReply {
        let upstream = health.upstream?()
        let isDraining = node.isDraining.load(ordering: .relaxed)
        let isHealthy = !isDraining && upstream?.isConnected != false
        var json = JSONObjectWriter()
        json.string("status", isHealthy ? "healthy" : "degraded")
        json.string("redis", health.redis)
        json.string("pubsub_listener", "ok")
        json.integer("connections", total { $0.connections.get() })
        json.string("broker", health.broker)
        json.string("history", health.history)
        if let upstream {
            json.string("upstream", upstream.isConnected ? "connected" : "disconnected")
            json.bool("simulated", upstream.isSimulated)
        }
        if isDraining { json.bool("draining", true) }
        return HTTPReply(isHealthy ? .ok : .serviceUnavailable, body: json.finish())
    }

    private func stats() -> HTTPReply {
        let connections = total { $0.connections.get() }
        let subscriptions = total { $0.subscriptions.get() }
        let average = connections == 0 ? 0 : (Double(subscriptions) / Double(connections) * 100).rounded() / 100
        var json = JSONObjectWriter()
        json.object("connections") {
            $0.integer("active_connections", connections)
            $0.integer("total_connections_lifetime", total { $0.connectionsEver.get() })
            $0.integer("total_messages_sent", total { $0.messagesSent.get() })
            $0.raw("avg_subscriptions_per_client", "\(average)")
            $0.integer("max_limit", maximumClients)
            $0.integer("messages_received", total { $0.messagesReceived.get() })
            $0.integer("messages_conflated", total { $0.conflated.get() })
            $0.integer("slow_consumers_closed", total { $0.slowConsumersClosed.get() })
        }
        if let upstream = health.upstream?() {
            var buffer = ByteBuffer()
            upstream.writeJSON(into: &buffer)
            json.raw("upstream", String(buffer: buffer))
        } else {
            json.raw("upstream", "null")
        }
        json.object("pubsub") {
            $0.integer("total_subscriptions", subscriptions)
            $0.integer("active_channels", hub.activeStreams)
            $0.integer("stale_publications_dropped", total { $0.staleDropped.get() })
            $0.integer("gaps", total { $0.gaps.get() })
            $0.integer("mailbox_dropped", mailboxes.reduce(0) { $0 + $1.dropped })
        }
        return HTTPReply(.ok, body: json.finish())
    }

    private func total(_ counter: (ShardCounters) -> Int) -> Int { shards.reduce(0) { $0 + counter($1) } }
}
