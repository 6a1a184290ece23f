/// A status code of a close frame (RFC 6455, section 7.4), with the advice that it carries for the client.
///
/// A plain value. Codes below 4000 are the RFC's and IANA's; 4000-4999 are private use, and those named here are part
/// of Tidegate's protocol: a client library may act on them.
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The purpose of the connection is fulfilled. Advice: nothing to do; connect again when there is need.
    package static let normal = CloseCode(rawValue: 1000)

    /// This node is going away, for a deployment or for good. Advice: reconnect with backoff, and resume; another
    /// node takes over.
    package static let goingAway = CloseCode(rawValue: 1001)

    /// The peer broke RFC 6455. Advice: a fault of the client library, or of something between; don't retry in a loop.
    package static let protocolError = CloseCode(rawValue: 1002)

    /// A kind of message that this endpoint doesn't take, such as binary. Advice: don't retry unchanged.
    package static let unsupportedData = CloseCode(rawValue: 1003)

    /// Text that is not UTF-8. Advice: don't retry unchanged.
    package static let invalidPayload = CloseCode(rawValue: 1007)

    /// A message against the rules of the service. Advice: don't retry unchanged; the reason says which rule.
    package static let policy = CloseCode(rawValue: 1008)

    /// A message over the bound of the node. Advice: don't retry unchanged; send smaller messages.
    package static let messageTooBig = CloseCode(rawValue: 1009)

    /// The node failed. Advice: reconnect with backoff, and resume.
    package static let `internal` = CloseCode(rawValue: 1011)

    /// The node has no room for now. Advice: reconnect with backoff, and resume; another node may have room.
    package static let overCapacity = CloseCode(rawValue: 1013)

    /// Nothing was heard from the client for too long. Advice: reconnect with backoff, and resume.
    package static let idleTimeout = CloseCode(rawValue: 4000)

    /// The account or the address has as many connections as it may have. Advice: close one before opening another.
    package static let connectionLimit = CloseCode(rawValue: 4003)

    /// The client reads more slowly than its subscriptions publish, and its queue is full. Advice: reconnect with
    /// backoff, and resume; a client to which this happens again should subscribe to less, or to conflated channels.
    package static let slowConsumer = CloseCode(rawValue: 4008)

    /// The token is missing, invalid or expired. Advice: get a new token, then connect.
    package static let unauthorized = CloseCode(rawValue: 4401)

    /// The token is valid but doesn't allow this. Advice: don't retry unchanged.
    package static let forbidden = CloseCode(rawValue: 4403)

    /// More requests than the rate limit allows. Advice: reconnect with backoff, and send less often.
    package static let rateLimited = CloseCode(rawValue: 4429)

    /// All of these.
    static let ours: [CloseCode] = [
        .normal, .goingAway, .protocolError, .unsupportedData, .invalidPayload, .policy, .messageTooBig, .internal,
        .overCapacity, .idleTimeout, .connectionLimit, .slowConsumer, .unauthorized, .forbidden, .rateLimited,
    ]

    /// Whether a peer may put this code into a close frame.
    ///
    /// Section 7.4.1 keeps 1004 for later and forbids 1005, 1006 and 1015 on the wire: they are what an endpoint says
    /// to itself about a connection. 1012-1014 came after the RFC and are in the IANA registry. The rest of 1000-2999
    /// is unassigned, and section 7.4.2 gives 3000-4999 to libraries and applications.
    package var isValidOnTheWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
