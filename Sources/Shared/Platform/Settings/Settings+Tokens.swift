extension Settings {
    /// Who may come by a JWT: the keys, and what the token must say.
    package enum Tokens {
        /// As they stand in the header of a token.
        package static let algorithmNames = [
            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "EdDSA",
        ]

        package static let secret = Setting<String?>(
            "JWT_SECRET",
            default: nil,
            rule: .optional(
                SettingRule(bounds: "32 bytes or more", complaint: "is too short") { $0.utf8.count >= 32 }
            ),
            usedBy: .edge,
            isSecret: true,
            summary: "Secret of tokens that are signed by HMAC; HS384 takes 48 bytes or more of it, HS512 64."
        )
        package static let publicKeyFile = Setting<String?>(
            "JWT_PUBLIC_KEY_FILE",
            default: nil,
            rule: SettingRule(bounds: "path of a PEM file", example: "/etc/tidegate/jwt.pem") { _ in true },
            usedBy: .edge,
            summary: "Public key of tokens: RSA, EC or Ed25519, or a certificate. Read at the start."
        )
        package static let keyID = Setting<String?>(
            "JWT_KEY_ID",
            default: nil,
            rule: SettingRule(bounds: "text", example: "key-1") { _ in true },
            usedBy: .edge,
            summary:
                "The `kid` of JWT_SECRET and JWT_PUBLIC_KEY_FILE; unset: they are for tokens without one."
        )
        package static let keySetFile = Setting<String?>(
            "JWKS_FILE",
            default: nil,
            rule: SettingRule(bounds: "path of a JSON file", example: "/etc/tidegate/jwks.json") { _ in true },
            usedBy: .edge,
            summary: "Keys of tokens as a JWKS; read anew when it changes."
        )
        package static let keySetURL = Setting<String?>(
            "JWKS_URL",
            default: nil,
            rule: .page,
            usedBy: .edge,
            summary: "Where keys of tokens are fetched as a JWKS, and fetched anew; not with OIDC_ISSUER."
        )
        package static let provider = Setting<String?>(
            "OIDC_ISSUER",
            default: nil,
            rule: .page,
            usedBy: .edge,
            summary: "An OpenID provider, which says where its keys are, and whose tokens alone are taken."
        )
        package static let authoritiesFile = Setting<String?>(
            "JWKS_CA_FILE",
            default: nil,
            rule: SettingRule(bounds: "path of a PEM file", example: "/etc/tidegate/ca.pem") { _ in true },
            usedBy: .edge,
            summary: "Authorities that sign the certificate of JWKS_URL or OIDC_ISSUER; unset: those of the machine."
        )
        package static let algorithms = Setting<String?>(
            "JWT_ALGORITHMS",
            default: nil,
            rule: .optional(
                SettingRule(
                    bounds: "names with commas, of \(algorithmNames.joined(separator: ", "))",
                    complaint: "has a name that is not known",
                    example: "ES256,RS256"
                ) { text in
                    let names = words(text)
                    return !names.isEmpty && names.allSatisfy { algorithmNames.contains($0) }
                }
            ),
            usedBy: .edge,
            summary: "How tokens may be signed; unset: by all of these that a key fits. A key is of one kind only."
        )
        package static let issuer = Setting<String?>(
            "JWT_ISSUER",
            default: nil,
            rule: SettingRule(bounds: "text", example: "https://login.example.com") { _ in true },
            usedBy: .edge,
            summary: "What a token must have in `iss`; unset: it is not looked at, or is OIDC_ISSUER."
        )
        package static let audience = Setting<String?>(
            "JWT_AUDIENCE",
            default: nil,
            rule: .optional(
                SettingRule(bounds: "names with commas", complaint: "is empty", example: "tidegate") {
                    !words($0).isEmpty
                }
            ),
            usedBy: .edge,
            summary: "One of these must be in a token's `aud`; unset: it is not looked at."
        )
        package static let leeway = Setting<Duration>(
            "JWT_LEEWAY",
            default: .seconds(30),
            unit: "s",
            rule: .within(.zero...(.seconds(600))),
            usedBy: .edge,
            summary: "By how much the clocks of issuer and node may differ: a token holds for so much longer."
        )
        package static let requiresExpiry = Setting<Bool>(
            "JWT_REQUIRE_EXP",
            default: true,
            rule: .trueOrFalse,
            usedBy: .edge,
            summary: "Whether a token without `exp` is refused; else it ends JWT_MAX_LIFETIME after its `iat`."
        )
        package static let maximumLifetime = Setting<Duration>(
            "JWT_MAX_LIFETIME",
            default: .seconds(86_400),
            unit: "s",
            rule: .within(.seconds(1)...(.seconds(315_360_000))),
            usedBy: .edge,
            summary: "From `iat` to `exp`; a token for longer is refused. So long a user's revocation is remembered."
        )
        package static let userClaim = claim("JWT_USER_CLAIM", "sub", "The claim that names the user.")
        package static let rolesClaim = claim("JWT_ROLES_CLAIM", "roles", "The claim with the roles.")
        package static let streamsClaim = claim(
            "JWT_STREAMS_CLAIM",
            "streams",
            "The claim with patterns of streams, which narrows what policies grant."
        )
        package static let pairsClaim = claim(
            "JWT_PAIRS_CLAIM",
            "pairs",
            "The claim with the symbols of market streams that it may have, where not all."
        )

        /// With commas in between, spaces around them.
        package static func words(_ text: String) -> [String] {
            text.split(separator: ",").map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
        }

        private static func claim(_ name: String, _ usual: String, _ summary: String) -> Setting<String> {
            Setting(
                name,
                default: usual,
                rule: SettingRule(bounds: "name or path with dots", example: "realm_access.roles") { !$0.isEmpty },
                usedBy: .edge,
                summary: summary
            )
        }
    }
}

extension SettingRule<String?> {
    fileprivate static var page: Self {
        .optional(
            SettingRule<String>(
                bounds: "https:// or http:// address",
                complaint: "is no such address",
                example: "https://login.example.com/realm"
            ) { $0.hasPrefix("https://") || $0.hasPrefix("http://") }
        )
    }
}
