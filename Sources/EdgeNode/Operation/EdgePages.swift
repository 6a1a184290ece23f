import Platform
import Stores

/// The node's plain HTTP pages: all of what they are made from, and their list. Made on the loop that asks.
struct EdgePages {
    let brand: String
    let version: String
    let wantedClients: Int
    let shards: [ShardCounters]
    let mailboxes: [ShardMailbox]
    let hub: Hub
    var admission = AdmissionCounters()
    var refusals = RefusalCounters()
    var connectionCounts: any ConnectionCounts = NodeConnectionCounts()
    var revocations: Revocations?
    /// Nil: they are not told.
    var signingKeys: (@Sendable () -> [SigningKey])?
    let health: EdgeHealth

    var list: [any HTTPPage] {
        var pages: [any HTTPPage] = [
            IndexPage(brand: brand, version: version),
            ReadyPage(health: health),
            HealthPage(health: health, shards: shards),
            StatsPage(
                wantedClients: wantedClients,
                node: health.node,
                ingestor: health.ingestor,
                shards: shards,
                mailboxes: mailboxes,
                hub: hub,
                admission: admission,
                refusals: refusals,
                connectionCounts: connectionCounts,
                revocations: revocations
            ),
        ]
        if let signingKeys { pages.append(SigningKeysPage(keys: signingKeys)) }
        return pages
    }
}

extension [ShardCounters] {
    func total(_ counter: (ShardCounters) -> Int) -> Int { reduce(0) { $0 + counter($1) } }
}
