import Platform
import Stores

/// The node's plain HTTP pages: all of what they are made from, and their lists.
struct EdgePages {
    let brand: String
    let version: String
    /// By which the node is told from others.
    let id: String
    let wantedClients: Int
    let report: EdgeReport
    /// Nil: they are not told.
    var signingKeys: (@Sendable () -> [SigningKey])?
    /// All loops that must turn.
    var loops: [LoopPulse] = []
    /// What else the process counts, of which the node tells.
    var otherMetrics: (@Sendable () async -> MetricsSnapshot)?
    /// What operators' pages ask for; nil for nothing.
    var token: OperatorToken?

    /// For clients, load balancers and whoever keeps the process going.
    var open: [any HTTPPage] {
        var pages: [any HTTPPage] = [
            IndexPage(brand: brand, version: version),
            LivePage(loops),
            ReadyPage(health: report.health),
            HealthPage(id: id, health: report.health, shards: report.shards),
        ]
        if let signingKeys { pages.append(SigningKeysPage(keys: signingKeys)) }
        return pages
    }

    /// Operators' pages, and the open ones.
    var all: [any HTTPPage] { open + operators }

    private var operators: [any HTTPPage] {
        let pages: [any HTTPPage] = [
            StatsPage(wantedClients: wantedClients, report: report),
            MetricsPage { [report, otherMetrics] in
                var snapshot = report.snapshot()
                // The lags of an ingestor in the same process are other ones than the node's.
                if let otherMetrics { snapshot.add(absentFrom: await otherMetrics(), joining: [LagMeter.negativeLags]) }
                return snapshot
            },
        ]
        return pages.guarded(by: token)
    }
}

extension EdgePages {
    init(_ configuration: EdgeNode.Configuration, id: String, report: EdgeReport, loops: [LoopPulse]) {
        self.init(
            brand: configuration.brand,
            version: Release.version,
            id: id,
            wantedClients: configuration.maximumClients,
            report: report,
            signingKeys: configuration.signingKeys,
            loops: loops,
            otherMetrics: configuration.otherMetrics,
            token: configuration.adminToken
        )
    }
}
