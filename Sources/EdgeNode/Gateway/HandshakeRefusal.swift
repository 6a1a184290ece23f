/// Why the gateway itself did not take a client, before anybody asked who it is. The raw value is the word in the metrics.
enum HandshakeRefusal: String, CaseIterable, Sendable {
    /// There was no place.
    case capacity
    case draining
    /// Not a WebSocket's opening handshake, though it was sent to where one is taken.
    case badRequest = "bad_request"
}
