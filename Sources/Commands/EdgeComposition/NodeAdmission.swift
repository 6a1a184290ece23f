import EdgeNode
import Platform

/// Who is let in and who may read what, by the settings and the document: chosen here and nowhere else.
package struct NodeAdmission {
    /// A setting that asks for what can't be had, in words.
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    private let mode: AuthMode
    private let authenticators: [any Authenticator]
    private let permissions: Permissions

    /// Throws `Unusable`.
    package init(_ settings: ResolvedSettings, _ document: LiveDocument) throws {
        authenticators = []
        permissions = Permissions(document)
        mode = settings[Settings.Access.mode] ?? (authenticators.isEmpty ? .none : .required)
        guard mode == .none || !authenticators.isEmpty else {
            throw Unusable(
                description: "AUTH_MODE = \(mode.rawValue), and there is nothing to check a token or a key by: "
                    + "give one of them, or AUTH_MODE=none"
            )
        }
    }

    /// What can be revoked must be in `configuration` already.
    package func apply(to configuration: inout EdgeNode.Configuration) {
        let revocations = configuration.revocations
        let admission = CredentialAdmission(
            mode: mode,
            authenticators: authenticators.map { authenticator in
                revocations.map { UnrevokedAuthenticator(authenticator, revocations: $0) } ?? authenticator
            },
            counters: configuration.admissionCounters
        )
        configuration.admission = admission
        configuration.reauthentication = admission
        configuration.permissions = permissions
    }
}
