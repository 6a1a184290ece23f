/// Why a peer's bytes fail the connection (RFC 6455, section 7.1.7): the code to close with, and what was wrong.
package struct WebSocketViolation: Error, Equatable, Sendable {
    package let code: CloseCode
    /// For the close frame and the log; names the rule, and quotes nothing that the peer sent.
    package let reason: String

    static func protocolError(_ reason: String) -> WebSocketViolation {
        WebSocketViolation(code: .protocolError, reason: reason)
    }
}
