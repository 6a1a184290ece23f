import NIOCore
import Platform
import Stores

/// All that a node counts, and where to look for it. What `/metrics` and `/stats` tell is one snapshot of it. Any thread.
struct EdgeReport: Sendable {
    var program = Program.edgeNode
    let shards: [ShardCounters]
    let mailboxes: [ShardMailbox]
    let hub: Hub
    var admission = AdmissionCounters()
    var refusals = RefusalCounters()
    var connectionCounts: any ConnectionCounts = NodeConnectionCounts()
    /// Nil where nothing can be revoked.
    var revocations: Revocations?
    /// Nil where clients come in plain text.
    var certificate: ServerCertificate?
    /// When the first API key ends that is good at a time; milliseconds since 1970.
    var firstKeyEnd: (@Sendable (Int64) -> Int64?)?
    var document: LiveDocument?
    /// Of the shards' loops, in their order.
    var shardPulses: [LoopPulse] = []
    let health: EdgeHealth

    /// The families of a node, beside those of all programs.
    static let ownFamilies =
        ConnectionMetrics.families + StreamMetrics.families + ContinuityMetrics.families + LatencyMetrics.families
        + NodeMetrics.families

    /// With what the system says of the process, which may take some milliseconds.
    func snapshot() -> MetricsSnapshot {
        var snapshot = counted()
        ProcessMetrics.add(to: &snapshot)
        return snapshot
    }

    /// What the node itself counts: at once.
    func counted() -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        ProgramMetrics.add(to: &snapshot, program: program, document: document)
        StoreMetrics.add(to: &snapshot, broker: health.broker, history: health.history)
        ConnectionMetrics.add(to: &snapshot, from: self)
        StreamMetrics.add(to: &snapshot, from: self)
        ContinuityMetrics.add(to: &snapshot, from: self)
        LatencyMetrics.add(to: &snapshot, from: self)
        NodeMetrics.add(to: &snapshot, from: self)
        return snapshot
    }
}

extension [ShardCounters] {
    func total(_ counter: (ShardCounters) -> Int) -> Int { reduce(0) { $0 + counter($1) } }
}
