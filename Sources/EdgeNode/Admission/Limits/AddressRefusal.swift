import NIOCore
import NIOHTTP1
import Platform

/// Why no more connections are taken from an address. A value.
enum AddressRefusal: Sendable, Equatable {
    /// It has as many as it may have.
    case connections
    /// It connects too often; one more may come after this time.
    case rate(TimeAmount)

    /// Whose limit it is.
    var setting: String {
        switch self {
        case .connections: "MAX_CONNECTIONS_PER_ADDRESS"
        case .rate: "MAX_CONNECT_RATE_PER_ADDRESS"
        }
    }

    /// What the request for a WebSocket is answered.
    var reply: HTTPReply {
        switch self {
        case .connections:
            // When one of them ends nobody knows.
            .tooMany("this address has as many connections as one may have", retryAfter: 10)
        case .rate(let wait):
            .tooMany("this address connects too often", retryAfter: Int(wait.nanoseconds / 1_000_000_000) + 1)
        }
    }
}

extension HTTPReply {
    /// RFC 6585, 4.
    static func tooMany(_ reason: String, retryAfter seconds: Int) -> HTTPReply {
        .refusal(
            .tooManyRequests,
            error: "too many connections",
            reason: reason,
            headers: [("Retry-After", "\(seconds)")]
        )
    }
}
