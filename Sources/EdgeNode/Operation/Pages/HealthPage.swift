import Core
import NIOHTTP1
import Platform
import Stores
import Synchronization

/// `/health`: whether all that the node needs is there, and in words what is not. And which node it is, as it announces itself: by that
/// is seen whether an address leads to it.
struct HealthPage: HTTPPage {
    let path = "/health"
    let id: String
    let health: EdgeHealth
    let shards: [ShardCounters]

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(reply) }

    private var reply: HTTPReply {
        let problems = health.obstacles + health.shortcomings
        let isHeard = health.ingestor.complaint == nil
        let body = JSONWriter.object { json in
            json.string("status", problems.isEmpty ? "healthy" : "degraded")
            json.string("id", id)
            json.string("redis", health.redis?().word ?? StoreStatus.unused.word)
            json.string("pubsub_listener", health.broker.status.isUsable ? "ok" : "disconnected")
            json.integer("connections", shards.total { $0.connections.get() })
            json.string("broker", health.broker.status.word)
            json.string("history", health.history.status.word)
            json.string("ingestor", isHeard ? "ok" : "silent")
            // Of one that is silent what it said last says nothing of now.
            if isHeard, let heartbeat = health.ingestor.last {
                json.string("upstream", heartbeat.upstream.isConnected ? "connected" : "disconnected")
                json.bool("simulated", heartbeat.upstream.isSimulated)
            } else {
                json.string("upstream", "unknown")
            }
            if !problems.isEmpty { json.strings("problems", problems) }
            let notices = health.notices
            if !notices.isEmpty { json.strings("notices", notices) }
            if health.node.isLeaving.load(ordering: .relaxed) { json.bool("draining", true) }
        }
        return HTTPReply(problems.isEmpty ? .ok : .serviceUnavailable, body: body)
    }
}
