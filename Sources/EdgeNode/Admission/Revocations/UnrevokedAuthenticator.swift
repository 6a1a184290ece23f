/// Another's judgement, but for what was revoked meanwhile: whatever that one remembers, a credential that was taken back is refused.
/// Any thread.
package struct UnrevokedAuthenticator: Authenticator {
    private let base: any Authenticator
    private let revocations: Revocations

    package init(_ base: any Authenticator, revocations: Revocations) {
        self.base = base
        self.revocations = revocations
    }

    package func takes(_ credential: Credential) -> Bool { base.takes(credential) }

    package func recognise(_ credential: Credential, at now: Int64) -> Result<Principal, AuthenticationFailure>? {
        base.recognise(credential, at: now).map(checked)
    }

    package func authenticate(
        _ credential: Credential,
        of origin: CredentialOrigin,
        at now: Int64
    ) async -> Result<Principal, AuthenticationFailure> {
        checked(await base.authenticate(credential, of: origin, at: now))
    }

    private func checked(_ result: Result<Principal, AuthenticationFailure>) -> Result<Principal, AuthenticationFailure>
    {
        result.flatMap { principal in
            guard revocations.refuses(principal) else { return .success(principal) }
            return .failure(.refused(reason: "the credential was revoked"))
        }
    }
}
