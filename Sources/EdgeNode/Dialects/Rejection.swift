import Core

/// A stream that a client asked for and does not get.
package struct Rejection: Equatable, Sendable {
    var spelling: String
    var code: String
    var reason: String

    static let forbiddenCode = "FORBIDDEN"

    init(_ spelling: String, _ error: StreamNameError) {
        self.init(spelling, code: "INVALID_ARGS", reason: error.description)
    }

    init(_ spelling: String, code: String, reason: String) {
        self.spelling = spelling
        self.code = code
        self.reason = reason
    }

    /// A stream that is not for this client. Always in the same words: they don't tell whether there is such a stream.
    static func forbidden(_ spelling: String) -> Rejection {
        Rejection(
            spelling,
            code: forbiddenCode,
            reason: "\(spelling) is not for this connection: its credentials don't grant it"
        )
    }

    /// The client has asked for so many streams that nobody has heard that it has to wait.
    static func tooManyNew(_ spelling: String) -> Rejection {
        Rejection(
            spelling,
            code: "LIMIT_EXCEEDED",
            reason: "Too many streams that nobody has asked for before: try again in some seconds"
        )
    }

    /// The exchange will not serve it.
    static func refused(_ spelling: String, reason: String) -> Rejection {
        Rejection(spelling, code: "REFUSED", reason: reason)
    }
}
