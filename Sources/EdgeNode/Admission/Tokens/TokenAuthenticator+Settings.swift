import Crypto
import Logging
import NIOCore
import NIOSSL
import Platform

/// What is wrong with a setting that only the use of it shows: one line for a person, without a secret.
package struct TokenSettingsError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ setting: String, _ reason: String) { description = "\(setting): \(reason)" }
}

extension TokenAuthenticator {
    /// By the settings; nil where they name no key for tokens. Reads the files that they name, and asks nobody: `run` does.
    package static func make(
        _ settings: ResolvedSettings,
        group: any EventLoopGroup,
        logger: Logger
    ) async throws -> TokenAuthenticator? {
        let cache = TokenCache()
        let keys = TokenKeys { cache.removeAll() }
        var rules = TokenRules(settings)
        let given = try await keysOfSettings(settings, rules)
        keys.set(given, of: .settings)
        var file: KeyFile?
        if let path = settings[Settings.Tokens.keySetFile] {
            do {
                file = try await KeyFile(path: path, logger: logger) { keys.set($0, of: .file) }
            } catch {
                throw TokenSettingsError("JWKS_FILE", "\(error) (\(path))")
            }
        }
        let directory = try directory(settings, &rules, group)
        guard !given.isEmpty || file != nil || directory != nil else { return nil }
        let fixed = keys.current.keys
        guard directory != nil || rules.algorithms.contains(where: { name in fixed.contains { $0.fits(name) } }) else {
            throw TokenSettingsError("JWT_ALGORITHMS", "no key that is given fits one of them")
        }
        let remote = directory.map { directory in
            if directory.isOpen {
                logger.warning(
                    "the keys for tokens come without TLS: who can change them on the way can be anybody",
                    metadata: ["source": "\(directory.source)"]
                )
            }
            return RemoteKeys(source: directory.source, logger: logger) {
                try await directory.fetch()
            } deliver: {
                keys.set($0, of: .remote)
            }
        }
        return TokenAuthenticator(rules: rules, keys: keys, cache: cache, remote: remote, file: file, logger: logger)
    }

    /// Those that stand in the settings themselves: they hold as long as the process.
    private static func keysOfSettings(
        _ settings: ResolvedSettings,
        _ rules: TokenRules
    ) async throws -> [VerificationKey] {
        let id = settings[Settings.Tokens.keyID]
        var keys: [VerificationKey] = []
        if let secret = settings[Settings.Tokens.secret] {
            let material = KeyMaterial.hmac(SymmetricKey(data: Array(secret.utf8)))
            if settings[Settings.Tokens.algorithms] != nil {
                let short = rules.algorithms.filter {
                    $0.family == .hmac && !material.algorithms.contains($0)
                }
                if let longest = short.max(by: { $0.minimumSecretLength < $1.minimumSecretLength }) {
                    throw TokenSettingsError(
                        "JWT_SECRET",
                        "it is too short for \(longest.rawValue), which JWT_ALGORITHMS has; "
                            + "give \(longest.minimumSecretLength) bytes or more"
                    )
                }
            }
            keys.append(try await VerificationKey(id: id, material))
        }
        if let path = settings[Settings.Tokens.publicKeyFile] {
            do {
                let bytes = try BoundedFile.read(path, maximumLength: PublicKeyPEM.maximumLength)
                let material = try PublicKeyPEM.read(String(decoding: bytes, as: UTF8.self))
                keys.append(try await VerificationKey(id: id, material))
            } catch {
                throw TokenSettingsError("JWT_PUBLIC_KEY_FILE", "\(error) (\(path))")
            }
        }
        return keys
    }

    /// Nil where no keys are to be fetched. A provider's issuer becomes that of the tokens.
    static func directory(
        _ settings: ResolvedSettings,
        _ rules: inout TokenRules,
        _ group: any EventLoopGroup
    ) throws -> KeyDirectory? {
        let client = HTTPGet(
            group: group,
            timeout: .seconds(5),
            maximumBodyBytes: JSONWebKeySet.maximumLength,
            trustRoots: settings[Settings.Tokens.authoritiesFile].map { .file($0) } ?? .default
        )
        switch (settings[Settings.Tokens.keySetURL], settings[Settings.Tokens.provider]) {
        case (nil, nil): return nil
        case (.some, .some): throw TokenSettingsError("JWKS_URL", "OIDC_ISSUER is set too; give one of the two")
        case (let url?, nil):
            do throws(HTTPAddress.Malformed) {
                return KeyDirectory(set: try HTTPAddress(url), client: client)
            } catch {
                throw TokenSettingsError(
                    "JWKS_URL",
                    "it is not the address of a page; give one like https://login.example.com/keys.json"
                )
            }
        case (nil, let issuer?):
            guard rules.issuer == nil || rules.issuer == issuer else {
                throw TokenSettingsError("JWT_ISSUER", "it differs from OIDC_ISSUER, which is the issuer; leave it out")
            }
            rules.issuer = issuer
            do throws(HTTPAddress.Malformed) {
                return try KeyDirectory(issuer: issuer, client: client)
            } catch {
                throw TokenSettingsError(
                    "OIDC_ISSUER",
                    "it is no issuer; give one like https://login.example.com/realm"
                )
            }
        }
    }
}

extension TokenRules {
    init(_ settings: ResolvedSettings) {
        typealias Tokens = Settings.Tokens
        if let names = settings[Tokens.algorithms] {
            algorithms = Set(Tokens.words(names).compactMap { TokenAlgorithm(name: $0) })
        }
        issuer = settings[Tokens.issuer]
        audiences = Set(settings[Tokens.audience].map { Tokens.words($0) } ?? [])
        leeway = Self.milliseconds(settings[Tokens.leeway])
        requiresExpiry = settings[Tokens.requiresExpiry]
        maximumLifetime = Self.milliseconds(settings[Tokens.maximumLifetime])
        user = ClaimPath(settings[Tokens.userClaim])
        roles = ClaimPath(settings[Tokens.rolesClaim])
        streams = ClaimPath(settings[Tokens.streamsClaim])
        pairs = ClaimPath(settings[Tokens.pairsClaim])
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
