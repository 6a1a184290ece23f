/// What a token must say to be taken, besides being signed, and where it says it. A value, made of the settings.
struct TokenRules: Sendable {
    var algorithms = Set(TokenAlgorithm.allCases)
    /// Nil: whoever has the key may issue tokens.
    var issuer: String?
    /// One of these; empty: the audience is not looked at.
    var audiences: Set<String> = []
    /// By how much the clocks of issuer and node may differ, in milliseconds.
    var leeway: Int64 = 30_000
    var requiresExpiry = true
    /// From issue to expiry, in milliseconds: as long as a revocation is remembered.
    var maximumLifetime: Int64 = 86_400_000
    var user = ClaimPath("sub")
    var roles = ClaimPath("roles")
    var streams = ClaimPath("streams")
    var pairs = ClaimPath("pairs")
}
