import Core
import FeedKit
import Platform
import Stores

/// The ingestor's pages. Healthy is a leader that can deliver what the exchange sends, and a standby that could take over.
/// Ready is whoever could take over.
package enum IngestorPages {
    /// - Parameters:
    ///   - loops: All that must turn.
    ///   - token: What operators' pages ask for; nil for nothing.
    package static func list(
        _ ingestor: Ingestor,
        document: LiveDocument? = nil,
        loops: [LoopPulse] = [],
        token: OperatorToken? = nil
    ) -> [any HTTPPage] {
        let report = IngestorReport(ingestor, document: document)
        let open: [any HTTPPage] = [
            IngestorIndexPage(), LivePage(loops), IngestorReadyPage(ingestor: ingestor),
            IngestorHealthPage(ingestor: ingestor),
        ]
        let operators: [any HTTPPage] = [IngestorStatsPage(report: report), MetricsPage { await report.snapshot() }]
        return open + operators.guarded(by: token)
    }
}

extension IngestorState {
    /// What several pages say.
    func write(into json: inout JSONWriter) {
        json.string("role", role.word)
        if case .leader(let epoch) = role { json.integer("epoch", epoch) }
        json.string("broker", broker.word)
        json.string("history", history.word)
        json.string("breaker", breaker)
    }
}
