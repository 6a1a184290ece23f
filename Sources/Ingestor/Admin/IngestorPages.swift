import NIOCore
import NIOHTTP1
import Shared

/// The ingestor's `/health`, `/ready` and `/stats`.
package struct IngestorPages: Sendable {
    private let ingestor: Ingestor

    package init(ingestor: Ingestor) {
        self.ingestor = ingestor
    }

    package func reply(to path: Substring) -> HTTPReply? {
        switch path {
        case "/": HTTPReply(.ok, json: #"{"name":"ingestor","health":"/health","ready":"/ready","stats":"/stats"}"#)
        case "/ready": ready()
        case "/health": health()
        case "/stats": stats()
        default: nil
        }
    }

    private func ready() -> HTTPReply {
        ingestor.isRunning
            ? HTTPReply(.ok, json: #"{"ok":true}"#)
            : HTTPReply(.serviceUnavailable, json: #"{"ok":false,"reason":"starting or stopping"}"#)
    }

    private func health() -> HTTPReply {
        let status = ingestor.status
        let isHealthy = ingestor.isRunning && status.isConnected
        return HTTPReply(
            isHealthy ? .ok : .serviceUnavailable,
            json: """
                {"status":"\(isHealthy ? "healthy" : "degraded")",\
                "upstream":"\(status.isConnected ? "connected" : "disconnected")"}
                """
        )
    }

    private func stats() -> HTTPReply {
        let counters = ingestor.counters
        var body = ByteBuffer()
        body.writeString("{\"upstream\":")
        ingestor.status.writeJSON(into: &body)
        body.writeString(
            """
            ,"frames":{"received":\(counters.framesReceived.current),"malformed":\(counters.malformedFrames.current),\
            "unknown_topic":\(counters.unknownTopicFrames.current),"oversized":\(counters.oversizedFrames.current),\
            "before_snapshot":\(counters.unusableFrames.current),"book_restarts":\(counters.bookRestarts.current),\
            "refused_topics":\(counters.refusedTopics.current)},\
            "publications":{"sequenced":\(counters.publications.current),"dropped":\(ingestor.droppedPublications)}}
            """
        )
        return HTTPReply(.ok, body: body)
    }
}
