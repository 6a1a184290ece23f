/// Says who somebody is by what it shows. Any thread.
///
/// One for each kind of credential; which a node has, its settings say.
package protocol Authenticator: Sendable {
    /// Whether credentials of this kind are its business.
    func takes(_ credential: Credential) -> Bool

    /// Whom it knows already, or refuses without work: on a loop, so it must not block. Nil where `authenticate` is to be asked.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func recognise(_ credential: Credential, at now: Int64) -> Result<Principal, AuthenticationFailure>?

    /// Takes its time, off the loop, and heeds that it is cancelled.
    ///
    /// - Parameters:
    ///   - origin: Where it was shown.
    ///   - now: Milliseconds since 1970.
    func authenticate(
        _ credential: Credential,
        of origin: CredentialOrigin,
        at now: Int64
    ) async -> Result<Principal, AuthenticationFailure>
}

extension Authenticator {
    package func recognise(_ credential: Credential, at now: Int64) -> Result<Principal, AuthenticationFailure>? { nil }
}
