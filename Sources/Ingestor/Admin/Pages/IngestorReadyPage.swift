import Core
import NIOHTTP1
import Platform
import Stores

/// `/ready`: whether it could take over.
struct IngestorReadyPage: HTTPPage {
    let path = "/ready"
    let ingestor: Ingestor

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(Self.reply(ingestor.state)) }

    static func reply(_ state: IngestorState) -> HTTPReply {
        let problems = state.storeProblems
        let body = JSONWriter.object { json in
            json.bool("ok", problems.isEmpty)
            json.string("role", state.role.word)
            if !problems.isEmpty { json.string("reason", problems.joined(separator: "; ")) }
        }
        return HTTPReply(problems.isEmpty ? .ok : .serviceUnavailable, body: body)
    }
}
