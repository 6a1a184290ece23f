import Core
import FeedKit
import NIOHTTP1
import Platform
import Stores

/// `/stats`: what it has counted.
struct IngestorStatsPage: HTTPPage {
    let path = "/stats"
    let ingestor: Ingestor

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(reply) }

    private var reply: HTTPReply {
        let state = ingestor.state
        let counters = ingestor.counters
        let publishing = ingestor.publishing
        let body = JSONWriter.object { json in
            state.write(into: &json)
            json.key("upstream")
            state.upstream.write(into: &json)
            json.object("frames") {
                $0.integer("received", ingestor.total { $0.framesReceived.get() })
                $0.integer("malformed", ingestor.total { $0.malformedFrames.get() })
                $0.integer("incomplete", ingestor.total { $0.incompleteFrames.get() })
                $0.integer("unknown_topic", ingestor.total { $0.unknownTopicFrames.get() })
                $0.integer("oversized", ingestor.total { $0.oversizedFrames.get() })
                $0.integer("before_snapshot", ingestor.total { $0.unusableFrames.get() })
                $0.integer("book_restarts", ingestor.total { $0.bookRestarts.get() })
                $0.integer("refused_topics", counters.refusedTopics.get())
            }
            json.object("publications") {
                $0.integer("sequenced", counters.publications.get())
                $0.integer("published", publishing.published.get())
                $0.integer("queued", state.queued)
                $0.integer("retries", publishing.retries.get())
                $0.integer("dropped", publishing.dropped.get())
                $0.integer("unusable_logs", state.unusableLogs.count)
            }
            if let inbox = ingestor.inboxCounters {
                json.object("inbox") {
                    $0.integer("published", inbox.published.get())
                    $0.integer("refused", inbox.refused.get())
                    $0.integer("unsigned", inbox.unsigned.get())
                    $0.integer("repeated", inbox.repeated.get())
                    $0.integer("lost", inbox.lost.get())
                    $0.integer("overrun", inbox.overrun.get())
                }
            }
            json.integer("log_lines_dropped", FileDescriptorSink.standardError.droppedLines)
        }
        return HTTPReply(.ok, body: body)
    }
}
