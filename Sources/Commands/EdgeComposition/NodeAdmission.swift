import EdgeNode
import Logging
import NIOCore
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
    private let tokens: TokenAuthenticator?
    private let keys: KeyAuthenticator

    /// Throws one line of words where a setting, or what it names, is wrong.
    ///
    /// - Parameters:
    ///   - group: Where keys are fetched, and a service is asked.
    package init(
        _ settings: ResolvedSettings,
        _ document: LiveDocument,
        group: any EventLoopGroup,
        logger: Logger
    ) async throws {
        tokens = try await TokenAuthenticator.make(settings, group: group, logger: logger)
        keys = KeyAuthenticator(document)
        permissions = Permissions(document)
        let service = try ServiceAuthenticator.make(settings, group: group, logger: logger)
        // The document may get its first key later; the service is asked about what nobody else judges.
        let list: [(any Authenticator)?] = [tokens, keys, service]
        authenticators = list.compactMap(\.self)
        let canJudge = tokens != nil || keys.hasKeys || service != nil
        mode = settings[Settings.Access.mode] ?? (canJudge ? .required : .none)
        guard mode == .none || canJudge else {
            throw Unusable(
                description: "AUTH_MODE = \(mode.rawValue), and there is nothing to check a token or a key by: give "
                    + "JWT_SECRET, JWT_PUBLIC_KEY_FILE, JWKS_FILE, JWKS_URL, OIDC_ISSUER, AUTH_URL or keys in the "
                    + "document, or AUTH_MODE=none"
            )
        }
        logger.info("whether clients show who they are", metadata: ["auth_mode": "\(mode.rawValue)"])
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
        configuration.firstKeyEnd = { [keys] in keys.firstEnd(after: $0) }
    }

    /// Keeps the keys of tokens up to date, and has the node let go who has come with an API key that is taken no more.
    package func follow(for node: EdgeNode) -> Task<Void, Never>? {
        keys.onChange { [weak node] in node?.apply($0) }
        return tokens?.watch()
    }
}
