import Platform
import Stores

/// All that an ingestor counts. What `/metrics` and `/stats` tell is one snapshot of it. Any thread.
package struct IngestorReport: Sendable {
    let ingestor: Ingestor
    let document: LiveDocument?

    package init(_ ingestor: Ingestor, document: LiveDocument?) {
        self.ingestor = ingestor
        self.document = document
    }

    /// The families of an ingestor, beside those of all programs.
    static let ownFamilies = LeaderMetrics.families + UpstreamMetrics.families + PublishingMetrics.families

    package func snapshot() async -> MetricsSnapshot {
        await snapshot(of: ingestor.state)
    }

    /// - Parameter state: How the ingestor is, for who tells of it beside the numbers.
    func snapshot(of state: IngestorState) async -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        ProgramMetrics.add(to: &snapshot, program: .ingestor, document: document)
        ProcessMetrics.add(to: &snapshot)
        StoreMetrics.add(to: &snapshot, broker: ingestor.broker, history: ingestor.history)
        LeaderMetrics.add(to: &snapshot, state, demanded: await ingestor.demandedStreams)
        UpstreamMetrics.add(to: &snapshot, ingestor, state.upstream)
        PublishingMetrics.add(to: &snapshot, ingestor, state)
        return snapshot
    }
}
