import Core
import FeedKit
import NIOCore
import NIOHTTP1
import Platform
import Stores

/// The ingestor's `/health`, `/ready` and `/stats`.
///
/// Healthy is a leader that can deliver what the exchange sends, and a standby that could take over. Ready is whoever
/// could take over.
package struct IngestorPages: Sendable {
    private let ingestor: Ingestor

    package init(ingestor: Ingestor) {
        self.ingestor = ingestor
    }

    package func reply(to path: Substring) -> HTTPReply? {
        switch path {
        case "/": HTTPReply(.ok, json: #"{"name":"ingestor","health":"/health","ready":"/ready","stats":"/stats"}"#)
        case "/ready": Self.ready(ingestor.state)
        case "/health": Self.health(ingestor.state)
        case "/stats": stats()
        default: nil
        }
    }

    static func ready(_ state: IngestorState) -> HTTPReply {
        let problems = state.storeProblems
        var json = JSONObjectWriter()
        json.bool("ok", problems.isEmpty)
        json.string("role", state.role.word)
        if !problems.isEmpty { json.string("reason", problems.joined(separator: "; ")) }
        return HTTPReply(problems.isEmpty ? .ok : .serviceUnavailable, body: json.finish())
    }

    static func health(_ state: IngestorState) -> HTTPReply {
        let problems = state.problems
        var json = JSONObjectWriter()
        json.string("status", problems.isEmpty ? "healthy" : "degraded")
        write(state, into: &json)
        // A standby has no connection to the exchange, and needs none.
        let word = state.upstream.isConnected ? "connected" : "disconnected"
        json.string("upstream", state.role == .standby ? "unused" : word)
        if !problems.isEmpty { json.string("reason", problems.joined(separator: "; ")) }
        let notices = state.upstream.notices
        if !notices.isEmpty { json.string("notice", notices.joined(separator: "; ")) }
        return HTTPReply(problems.isEmpty ? .ok : .serviceUnavailable, body: json.finish())
    }

    private func stats() -> HTTPReply {
        let state = ingestor.state
        let counters = ingestor.counters
        let publishing = ingestor.publishing
        var upstream = ByteBuffer()
        state.upstream.writeJSON(into: &upstream)
        var json = JSONObjectWriter()
        Self.write(state, into: &json)
        json.raw("upstream", String(buffer: upstream))
        json.object("frames") {
            $0.integer("received", ingestor.total { $0.framesReceived.current })
            $0.integer("malformed", ingestor.total { $0.malformedFrames.current })
            $0.integer("incomplete", ingestor.total { $0.incompleteFrames.current })
            $0.integer("unknown_topic", ingestor.total { $0.unknownTopicFrames.current })
            $0.integer("oversized", ingestor.total { $0.oversizedFrames.current })
            $0.integer("before_snapshot", ingestor.total { $0.unusableFrames.current })
            $0.integer("book_restarts", ingestor.total { $0.bookRestarts.current })
            $0.integer("refused_topics", counters.refusedTopics.current)
        }
        json.object("publications") {
            $0.integer("sequenced", counters.publications.current)
            $0.integer("published", publishing.published.current)
            $0.integer("queued", state.queued)
            $0.integer("retries", publishing.retries.current)
            $0.integer("dropped", publishing.dropped.current)
            $0.integer("unusable_logs", state.unusableLogs.count)
        }
        json.integer("log_lines_dropped", FileDescriptorSink.standardError.droppedLines)
        return HTTPReply(.ok, body: json.finish())
    }

    private static func write(_ state: IngestorState, into json: inout JSONObjectWriter) {
        json.string("role", state.role.word)
        if case .leader(let epoch) = state.role { json.integer("epoch", epoch) }
        json.string("broker", state.broker.word)
        json.string("history", state.history.word)
        json.string("breaker", state.breaker)
    }
}
