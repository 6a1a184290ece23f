import Core
import NIOHTTP1
import Platform
import Stores

/// `/health`: whether it does what it should, and in words what is wrong. And which ingestor it is, as it announces itself.
struct IngestorHealthPage: HTTPPage {
    let path = "/health"
    let ingestor: Ingestor

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(Self.reply(ingestor.state, of: ingestor.id)) }

    static func reply(_ state: IngestorState, of id: String) -> HTTPReply {
        let problems = state.problems
        let body = JSONWriter.object { json in
            json.string("status", problems.isEmpty ? "healthy" : "degraded")
            json.string("id", id)
            state.write(into: &json)
            // A standby has no connection to the exchange, and needs none.
            let word = state.upstream.isConnected ? "connected" : "disconnected"
            json.string("upstream", state.role == .standby ? "unused" : word)
            if !problems.isEmpty { json.string("reason", problems.joined(separator: "; ")) }
            let notices = state.upstream.notices
            if !notices.isEmpty { json.string("notice", notices.joined(separator: "; ")) }
        }
        return HTTPReply(problems.isEmpty ? .ok : .serviceUnavailable, body: body)
    }
}
