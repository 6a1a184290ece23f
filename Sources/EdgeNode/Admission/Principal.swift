import Core
import Platform

/// Who a connection is, and what that one may. Immutable; any thread. An object, so that it costs a session one word and all
/// connections of one credential share it.
package final class Principal: Sendable {
    /// Whom nobody has asked who they are.
    package static let anonymous = Principal()

    /// Nil where that is not known: then no stream but the public ones is for it.
    package let user: String?
    /// As it stands in stream names; nil where there is none, or it can't stand there.
    package let part: UserPart?
    package let roles: Set<String>
    /// Narrows what policies grant, and never widens it; nil where it narrows nothing.
    package let grants: StreamGrants?
    /// The pairs whose market streams it may have, in capitals without separators (`BTCUSDT`); nil for all.
    package let pairs: Set<String>?
    /// When the credential was made, in milliseconds since 1970; nil where it does not say.
    package let issuedAt: Int64?
    /// When it is over, in milliseconds since 1970; nil for never.
    package let expiresAt: Int64?
    /// What it has shown; nil for nothing.
    package let credential: CredentialID?
    package let limits: PrincipalLimits

    package init(
        user: String? = nil,
        roles: Set<String> = [],
        grants: StreamGrants? = nil,
        pairs: Set<String>? = nil,
        issuedAt: Int64? = nil,
        expiresAt: Int64? = nil,
        credential: CredentialID? = nil,
        limits: PrincipalLimits = PrincipalLimits()
    ) {
        self.user = user
        self.part = user.flatMap(UserPart.init(of:))
        self.roles = roles
        self.grants = grants
        self.pairs = pairs
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.credential = credential
        self.limits = limits
    }
}
