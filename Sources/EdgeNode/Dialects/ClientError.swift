/// What a client is told when a request fails: the codes and words of the protocol.
package enum ClientError: Equatable, Sendable {
    case rateLimit(perSecond: Int)
    case invalidJSON
    case unknownOperation(String)
    case invalidArguments(String)
    case limitExceeded(subscriptions: Int)
    /// Requests that came while an earlier one was not answered, beyond what is kept of them.
    case tooManyWaiting
    /// A reply that does not fit into an outbox: what it answers was not done.
    case replyTooLong(bytes: Int, limit: Int)
    /// With what the client should do instead.
    case invalidResumeToken(String)

    /// A token that is not good, with why.
    case unauthorized(String)
    /// What has to be asked can't be asked now.
    case unavailable(String)

    static let noStreams = ClientError.invalidArguments("No streams specified")

    package var code: String {
        switch self {
        case .rateLimit, .tooManyWaiting: "RATE_LIMIT_EXCEEDED"
        case .invalidJSON: "INVALID_JSON"
        case .unknownOperation: "UNKNOWN_OP"
        case .invalidArguments: "INVALID_ARGS"
        case .limitExceeded, .replyTooLong: "LIMIT_EXCEEDED"
        case .invalidResumeToken: "INVALID_RESUME_TOKEN"
        case .unauthorized: "UNAUTHORIZED"
        case .unavailable: "INTERNAL_ERROR"
        }
    }

    /// In words; a dialect may have its own.
    package var message: String {
        switch self {
        case .rateLimit(let limit): "Max \(limit) messages per second"
        case .invalidJSON: "Invalid JSON message"
        case .unknownOperation(let operation): "Unknown operation: \(operation)"
        case .invalidArguments(let reason): reason
        case .limitExceeded(let limit): "Max \(limit) subscriptions allowed"
        case .tooManyWaiting: "Too many requests wait for the answer to an earlier one"
        case .replyTooLong(let bytes, let limit):
            "The reply would be \(bytes) bytes long, and \(limit) is the most: ask for fewer streams in one request"
        case .invalidResumeToken(let reason), .unauthorized(let reason), .unavailable(let reason): reason
        }
    }
}
