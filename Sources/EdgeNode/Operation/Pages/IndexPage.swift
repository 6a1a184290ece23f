import Core
import NIOHTTP1
import Platform

/// `/`: what this is, and where the rest is.
struct IndexPage: HTTPPage {
    let path = "/"
    let brand: String
    let version: String

    func answer(_ request: HTTPRequest) -> HTTPAnswer {
        let body = JSONWriter.object { json in
            json.string("name", brand)
            json.string("version", version)
            json.string("websocket", "/ws")
            json.string("health", "/health")
            json.string("ready", "/ready")
        }
        return .now(HTTPReply(.ok, body: body))
    }
}
