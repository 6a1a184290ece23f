/// Says who shows a token on a connection that is there already. Any thread.
package protocol Reauthentication: Sendable {
    /// Whom it knows already: on a loop, so it must not block. Nil where `authenticate` is to be asked.
    func recognise(_ token: String) -> Result<Principal, AuthenticationFailure>?

    func authenticate(_ token: String, of origin: CredentialOrigin) async -> Result<Principal, AuthenticationFailure>
}

/// Where no token is taken.
package struct NoReauthentication: Reauthentication {
    private static let refusal = AuthenticationFailure.refused(reason: "tokens are not taken here")

    package init() {}

    package func recognise(_ token: String) -> Result<Principal, AuthenticationFailure>? { .failure(Self.refusal) }

    package func authenticate(
        _ token: String,
        of origin: CredentialOrigin
    ) async -> Result<Principal, AuthenticationFailure> { .failure(Self.refusal) }
}
