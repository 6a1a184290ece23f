/// Why nobody could be recognised by a credential.
package enum AuthenticationFailure: Error, Sendable, Hashable {
    /// It is not good. `reason` is for the client: it helps, and says nothing of a key or of a user. Only where the words are ours
    /// may a log have them too: somebody else's may repeat what they were asked about.
    case refused(reason: String, isOurs: Bool = true)
    /// Whoever has to say so can't be asked now, in seconds: it is no fault of the credential.
    case unavailable(retryAfter: Int)
}

extension AuthenticationFailure {
    /// For a log; nil where the words are somebody else's.
    var remark: String? {
        switch self {
        case .refused(let reason, let isOurs): isOurs ? reason : nil
        case .unavailable: "credentials can't be checked at the moment"
        }
    }
}
