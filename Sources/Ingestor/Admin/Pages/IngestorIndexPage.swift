import NIOHTTP1
import Platform

/// `/`: what this is, and where the rest is.
struct IngestorIndexPage: HTTPPage {
    let path = "/"

    func answer(_ request: HTTPRequest) -> HTTPAnswer {
        .now(HTTPReply(.ok, json: #"{"name":"ingestor","health":"/health","ready":"/ready","stats":"/stats"}"#))
    }
}
