/// Which credential a principal has shown, without the secret in it: by it one is revoked.
package enum CredentialID: Sendable, Hashable {
    /// - Parameters:
    ///   - id: The claim `jti`; nil where it has none.
    ///   - digest: SHA-256 of the token's text, in lower-case hexadecimal.
    case token(id: String?, digest: String)
    /// By the name of the key's entry in the document.
    case key(String)
    /// What a service has vouched for: SHA-256 of the credential, in lower-case hexadecimal.
    case vouched(digest: String)
}
