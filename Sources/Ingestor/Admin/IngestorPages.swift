import Core
import FeedKit
import Platform
import Stores

/// The ingestor's pages. Healthy is a leader that can deliver what the exchange sends, and a standby that could take over.
/// Ready is whoever could take over.
package enum IngestorPages {
    package static func list(_ ingestor: Ingestor) -> [any HTTPPage] {
        [
            IngestorIndexPage(), IngestorReadyPage(ingestor: ingestor), IngestorHealthPage(ingestor: ingestor),
            IngestorStatsPage(ingestor: ingestor),
        ]
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
