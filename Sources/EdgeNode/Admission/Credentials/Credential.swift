/// What a client shows to prove who it is. It is a secret: it never prints itself, and never reaches a log.
package enum Credential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// A JWT, as it was sent.
    case token(String)
    case apiKey(String)

    /// The secret itself.
    var text: String {
        switch self {
        case .token(let text), .apiKey(let text): text
        }
    }

    package var description: String {
        switch self {
        case .token: "a token"
        case .apiKey: "an API key"
        }
    }

    package var debugDescription: String { description }
}
