/// Why a message in the inbox was not published. The raw value is the word on the wire.
package enum InboxRefusal: String, Sendable, CaseIterable {
    case unknownStream = "UNKNOWN_STREAM"
    /// The stream is not to be published by hand.
    case notPublishable = "NOT_PUBLISHABLE"
    case invalidData = "INVALID_DATA"
    /// Another leads than it is for: whether that one has published it is not known.
    case otherLeader = "OTHER_LEADER"
    /// Too much waits: the same message may be sent again.
    case busy = "BUSY"
    /// The history can't be read, so it can't be numbered: the same message may be sent again.
    case unavailable = "UNAVAILABLE"
    /// A word of a newer release.
    case unknown = "UNKNOWN"

    /// Whether the same message may be taken when it comes again.
    package var isPassing: Bool { self == .busy || self == .unavailable }
}
