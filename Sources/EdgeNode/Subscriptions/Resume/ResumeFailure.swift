/// Why a client does not get what it missed; the words of the protocol.
enum ResumeFailure: String, CaseIterable, Sendable {
    /// The log no longer holds all that is missing.
    case expired
    /// The log holds another history than the client has seen: one was lost or rolled back.
    case epochChanged = "epoch_changed"
    /// There is no log, no position, or one that nobody can have seen yet.
    case unknown
    /// More is missing than is replayed at a time.
    case tooFar = "too_far"
}
