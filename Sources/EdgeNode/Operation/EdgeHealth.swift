import NIOCore
import Platform
import Stores
import Synchronization

/// What is wrong with the parts around a node, in words, as far as the node sees. Asked for each page; any thread.
struct EdgeHealth: Sendable {
    let node: NodeState
    let broker: any Broker
    let history: any History
    let ingestor: IngestorMonitor
    /// Whether a silent ingestor keeps no new client away. What there is to serve then is in the history.
    var isReadyWithoutIngestor = false
    /// The Redis server that the process uses, for whatever; nil where it uses none.
    var redis: (@Sendable () -> StoreStatus)?
    /// When the certificate ends that clients are shown, in seconds since 1970; nil where they come in plain text.
    var certificateEnd: (@Sendable () -> Int)?

    /// What keeps the node from serving: new clients should go elsewhere.
    var obstacles: [String] {
        var obstacles: [String] = []
        if node.isLeaving.load(ordering: .relaxed) { obstacles.append("draining") }
        if case .disconnected(let reason) = broker.status { obstacles.append("broker: \(reason)") }
        if !isReadyWithoutIngestor, let silence { obstacles.append(silence) }
        return obstacles
    }

    /// What makes it serve less than it should, beside the obstacles.
    var shortcomings: [String] {
        var shortcomings: [String] = []
        if isReadyWithoutIngestor, let silence { shortcomings.append(silence) }
        if case .disconnected(let reason) = history.status { shortcomings.append("history: \(reason)") }
        if let heartbeat = ingestor.last {
            if !heartbeat.upstream.isConnected {
                shortcomings.append("upstream: the ingestor has no connection to the exchange")
            }
            shortcomings += heartbeat.upstream.problems.map { "upstream: \($0)" }
        }
        if let words = ingestor.last?.upstream.unreadable.words { shortcomings.append("upstream: \(words)") }
        return shortcomings
    }

    private var silence: String? { ingestor.complaint.map { "ingestor: \($0)" } }

    /// What waits without being wrong, and what is for a person to mend and keeps no client away that does not mind.
    var notices: [String] {
        let waiting = (ingestor.last?.upstream.notices ?? []).map { "upstream: \($0)" }
        guard let end = certificateEnd?(), Int64(end) * 1000 <= WallClock.milliseconds() else { return waiting }
        return waiting + ["certificate: it has ended: clients that check it do not come in"]
    }
}
