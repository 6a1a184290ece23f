import Core
import FoundationEssentials
import Logging
import Platform

/// What can be run as it is set and is hardly meant so: told at the start, and by `tidegate settings --check`. One line each,
/// without secrets. Warnings: nothing is refused for them.
package enum Remarks {
    package static func all(
        _ settings: ResolvedSettings,
        _ document: Document,
        catalog: any StreamCatalog,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> [String] {
        SettingsCatalog.standard.misspellings(in: environment) + credentials(settings, document)
            + policies(document, catalog: catalog)
    }

    /// Logs what concerns a program that lets nobody in.
    package static func logMisspellings(
        in environment: [String: String] = ProcessInfo.processInfo.environment,
        logger: Logger
    ) {
        for remark in SettingsCatalog.standard.misspellings(in: environment) { logger.warning("\(remark)") }
    }

    /// Logs them, and those of policies again for each new version of the document.
    ///
    /// - Parameter catalog: Follows the document already.
    package static func log(
        _ settings: ResolvedSettings,
        _ document: LiveDocument,
        catalog: any StreamCatalog,
        logger: Logger
    ) {
        for remark in all(settings, document.current, catalog: catalog) { logger.warning("\(remark)") }
        document.onChange { new in
            for remark in policies(new, catalog: catalog) { logger.warning("\(remark)") }
        }
    }

    package static func policies(_ document: Document, catalog: any StreamCatalog) -> [String] {
        guard let section = document[PoliciesSection.self] else { return [] }
        let check = PolicyCheck(catalog)
        return section.policies.indices.compactMap { index in
            let policy = section.policies[index]
            let line = section.lines[index].map { "line \($0): " } ?? ""
            return check.objection(to: policy).map {
                "\(line)policies[\(index)].streams in the document, \(policy), \($0)"
            }
        }
    }

    /// Of the settings by which credentials are judged.
    package static func credentials(_ settings: ResolvedSettings, _ document: Document) -> [String] {
        typealias Tokens = Settings.Tokens
        func given(_ list: [any CatalogEntry]) -> [String] {
            list.filter { settings.origin(of: $0) != nil }.map(\.name)
        }
        let keys = given([Tokens.secret, Tokens.publicKeyFile, Tokens.keySetFile, Tokens.keySetURL, Tokens.provider])
        // The leeway and the longest lifetime also say for how long a revocation is remembered.
        let rules = given([
            Tokens.keyID, Tokens.authoritiesFile, Tokens.algorithms, Tokens.issuer, Tokens.audience,
            Tokens.requiresExpiry,
            Tokens.userClaim, Tokens.rolesClaim, Tokens.streamsClaim, Tokens.pairsClaim,
        ])
        let asking = given([
            Settings.AuthService.timeout, Settings.AuthService.cacheTime, Settings.AuthService.authoritiesFile,
        ])
        let service = given([Settings.AuthService.url])
        let hasKeys = document[KeysSection.self]?.keys.isEmpty == false
        var remarks: [String] = []
        if keys.isEmpty, !rules.isEmpty {
            remarks.append(
                "\(list(rules)): set, and no key for tokens is, so nothing is done with it; give JWT_SECRET, "
                    + "JWT_PUBLIC_KEY_FILE, JWKS_FILE, JWKS_URL or OIDC_ISSUER"
            )
        }
        if service.isEmpty, !asking.isEmpty {
            remarks.append("\(list(asking)): set, and AUTH_URL is not: there is no service to ask")
        }
        if settings[Settings.Access.mode] == AuthMode.none {
            let unused = keys + service + (hasKeys ? ["keys in the document"] : [])
            guard !unused.isEmpty else { return remarks }
            remarks.append(
                "AUTH_MODE: none: no credential is looked at, and everybody has the public streams, though there is "
                    + list(unused)
            )
        } else if !keys.isEmpty, !service.isEmpty {
            remarks.append(
                hasKeys
                    ? "AUTH_URL: it is asked about nothing: tokens are judged by \(list(keys)) alone, and API keys by those "
                        + "in the document"
                    : "AUTH_URL: it is asked about API keys only: tokens are judged by \(list(keys)) alone"
            )
        }
        return remarks
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
