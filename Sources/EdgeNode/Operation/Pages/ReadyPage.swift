import Core
import NIOHTTP1
import Platform

/// `/ready`: whether new clients should come here.
struct ReadyPage: HTTPPage {
    let path = "/ready"
    let health: EdgeHealth

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(reply) }

    private var reply: HTTPReply {
        let obstacles = health.obstacles
        guard !obstacles.isEmpty else { return HTTPReply(.ok, json: #"{"ok":true}"#) }
        let body = JSONWriter.object { json in
            json.bool("ok", false)
            json.string("reason", obstacles.joined(separator: "; "))
        }
        return HTTPReply(.serviceUnavailable, body: body)
    }
}
