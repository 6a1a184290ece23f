import NIOHTTP1
import Platform

/// The credential that a request for a WebSocket shows, from wherever it may stand in it. Pure.
///
/// `Authorization: Bearer T`, `Sec-WebSocket-Protocol: bearer, T` (all that a browser can set), `?token=T`; for API keys
/// `X-API-Key: K`, `?api_key=K`, and the path `/ws/K`. The same one in two places is one; different ones are refused, since nobody
/// can tell who is meant. Other schemes of `Authorization` are somebody else's business.
struct PresentedCredential: Equatable {
    enum Refusal: Error, Equatable {
        /// Two that differ.
        case several
        /// A place for one that holds none, by its name.
        case malformed(place: String)
    }

    var credential: Credential
    /// The one that the answer selects of those that were offered.
    var subprotocol: String?

    /// Nil where the request shows none.
    init?(_ request: UpgradeRequest) throws(Refusal) {
        var shown: [Credential] = []
        for value in request.headers["authorization"] {
            guard let token = try Self.bearer(value) else { continue }
            shown.append(.token(token))
        }
        for value in request.headers["x-api-key"] {
            shown.append(.apiKey(try Self.text(value, in: "the header X-API-Key")))
        }
        let query = HTTPQuery(request.query)
        for value in query.values(of: "token") { shown.append(.token(try Self.text(value, in: "?token="))) }
        for value in query.values(of: "api_key") { shown.append(.apiKey(try Self.text(value, in: "?api_key="))) }
        if let key = WebSocketPaths.key(in: request.path) {
            shown.append(.apiKey(try Self.text(String(percentEncoded: key), in: "the path /ws/")))
        }
        let offered = request.headers[canonicalForm: "sec-websocket-protocol"]
        if let place = offered.firstIndex(where: { $0.lowercased() == "bearer" }) {
            let next = place + 1
            let token = next < offered.endIndex ? String(offered[next]) : nil
            shown.append(.token(try Self.text(token, in: "Sec-WebSocket-Protocol (it is `bearer, TOKEN`)")))
            subprotocol = String(offered[place])
        }
        guard let first = shown.first else { return nil }
        guard shown.allSatisfy({ $0 == first }) else { throw .several }
        credential = first
    }

    /// Nil for another scheme.
    private static func bearer(_ header: String) throws(Refusal) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else { return nil }
        return try text(
            parts.count == 2 ? String(parts[1]) : nil,
            in: "the header Authorization (it is `Bearer TOKEN`)"
        )
    }

    private static func text(_ value: String?, in place: String) throws(Refusal) -> String {
        let trimmed = value.map { String($0.drop(while: \.isWhitespace)) } ?? ""
        guard let end = trimmed.lastIndex(where: { !$0.isWhitespace }) else { throw .malformed(place: place) }
        return String(trimmed[...end])
    }
}
