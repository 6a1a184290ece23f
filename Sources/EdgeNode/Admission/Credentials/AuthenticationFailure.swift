/// Why nobody could be recognised by a credential.
package enum AuthenticationFailure: Error, Sendable, Hashable {
    /// It is not good. `reason` is for the client: it helps, and says nothing of a key or of a user.
    case refused(reason: String)
    /// Whoever has to say so can't be asked now, in seconds: it is no fault of the credential.
    case unavailable(retryAfter: Int)
}
