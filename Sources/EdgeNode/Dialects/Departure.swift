/// Why a node lets a client go, apart from what breaks RFC 6455. Each dialect has its own code for it.
package enum Departure: CaseIterable, Sendable {
    /// The node is drained.
    case drain
    /// Against the rules of the service: a flood of control frames.
    case abuse
    /// It did not answer the keep-alive.
    case unanswered
    case overCapacity
    /// Neither data went to it nor anything came from it for too long.
    case idle
    case connectionLimit
    case slow
    case credentialsExpired
    case accessRevoked

    /// Of Tidegate's own dialects.
    var tidegateCode: CloseCode {
        switch self {
        case .drain: .goingAway
        case .abuse: .policy
        case .unanswered: .internal
        case .overCapacity: .overCapacity
        case .idle: .idleTimeout
        case .connectionLimit: .connectionLimit
        case .slow: .slowConsumer
        case .credentialsExpired: .unauthorized
        case .accessRevoked: .forbidden
        }
    }
}
