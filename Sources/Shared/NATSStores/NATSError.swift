import CNats

/// What went wrong at NATS, in words and without secrets.
package enum NATSError: Error, Hashable, CustomStringConvertible {
    case notConnected(servers: String)
    /// The library or the server refused `action`.
    case failed(action: String, reason: String)
    case tooLarge(bytes: Int, maximum: Int)
    case closed

    init(_ action: String, _ status: natsStatus) {
        self = .failed(action: action, reason: Self.reason(status))
    }

    package var description: String {
        switch self {
        case .notConnected(let servers): "there is no connection to NATS at \(servers)"
        case .failed(let action, let reason): "NATS: could not \(action): \(reason)"
        case .tooLarge(let bytes, let maximum):
            "NATS: a message of \(bytes) bytes; the server takes \(maximum) (its max_payload)"
        case .closed: "the connection to NATS was closed by this process"
        }
    }

    static func check(_ status: natsStatus, _ action: String) throws(NATSError) {
        guard status == NATS_OK else { throw NATSError(action, status) }
    }

    /// In cnats' words; of the call that this thread made last.
    static func reason(_ status: natsStatus) -> String {
        let general = String(cString: natsStatus_GetText(status))
        // Only of these is it known that the details quote no secrets.
        guard status == NATS_SSL_ERROR || status == NATS_CONNECTION_AUTH_FAILED else { return general }
        var last = NATS_OK
        guard let details = nats_GetLastError(&last), last == status else { return general }
        // Like "(conn.c:733): SSL handshake error: ...".
        let words = String(cString: details)
        return words.firstRange(of: "): ").map { String(words[$0.upperBound...]) } ?? words
    }
}
