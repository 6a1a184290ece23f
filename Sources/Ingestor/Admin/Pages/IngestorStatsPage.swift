import Core
import NIOHTTP1
import Platform
import Stores

/// `/stats`: what it has counted, as JSON.
struct IngestorStatsPage: HTTPPage {
    let path = "/stats"
    let report: IngestorReport

    /// Off the loop, as `/metrics`.
    func answer(_ request: HTTPRequest) -> HTTPAnswer { .later { await reply() } }

    private func reply() async -> HTTPReply {
        let state = report.ingestor.state
        let snapshot = await report.snapshot(of: state)
        let hasInbox = report.ingestor.inboxCounters != nil
        let body = JSONWriter.object { json in
            state.write(into: &json)
            json.key("upstream")
            state.upstream.write(into: &json)
            json.object("frames") {
                $0.integer("received", snapshot[UpstreamMetrics.received])
                for reason in ["malformed", "incomplete", "unknown_topic", "oversized", "before_snapshot"] {
                    $0.integer(reason, snapshot[UpstreamMetrics.skipped, reason])
                }
                $0.integer("book_restarts", snapshot[UpstreamMetrics.bookRestarts])
                $0.integer("refused_topics", snapshot[UpstreamMetrics.refused])
            }
            json.object("publications") {
                $0.integer("sequenced", snapshot[PublishingMetrics.sequenced])
                $0.integer("published", snapshot[PublishingMetrics.published])
                $0.integer("queued", snapshot[PublishingMetrics.queue])
                $0.integer("retries", snapshot[PublishingMetrics.retries])
                $0.integer("dropped", snapshot[PublishingMetrics.dropped])
                $0.integer("unusable_logs", snapshot[PublishingMetrics.unusableLogs])
            }
            if hasInbox {
                json.object("inbox") {
                    for outcome in ["published", "refused", "unsigned", "repeated", "lost", "overrun"] {
                        $0.integer(outcome, snapshot[PublishingMetrics.inbox, outcome])
                    }
                }
            }
            json.integer("log_lines_dropped", snapshot[ProgramMetrics.logLinesDropped])
        }
        return HTTPReply(.ok, body: body)
    }
}
