import Logging
import Platform

/// Says who somebody is by a JWT: signed by one of the keys of the settings, within its time, from the issuer and for the
/// audience that the settings name. Any thread.
///
/// The token is looked at strictly before a key is touched. Its key is the only one that fits its `kid` and algorithm; where
/// there is none the keys are fetched anew, and until they have been fetched once nobody is refused: who has to be asked
/// can't be. Principals are kept in `cache`.
package final class TokenAuthenticator: Authenticator {
    let rules: TokenRules
    let keys: TokenKeys
    package let cache: TokenCache
    private let remote: RemoteKeys?
    private let file: KeyFile?
    private let logger: RateLimitedLogger

    /// - Parameter logger: Is told once a minute at most that a token names a key where the node's has no name.
    init(
        rules: TokenRules,
        keys: TokenKeys,
        cache: TokenCache,
        remote: RemoteKeys? = nil,
        file: KeyFile? = nil,
        logger: Logger = Logger(label: "tokens")
    ) {
        self.rules = rules
        self.keys = keys
        self.cache = cache
        self.remote = remote
        self.file = file
        self.logger = RateLimitedLogger(logger, limit: 1, per: .seconds(60))
    }

    /// Keeps the keys up to date until the task is cancelled. Nobody is recognised by fetched keys before it runs.
    package func watch() -> Task<Void, Never> { Task { await run() } }

    /// The same, until the caller's task is cancelled. Returns at once where no key ever changes.
    package func run() async {
        async let fetching: Void? = remote?.run()
        async let watching: Void? = file?.run()
        _ = await (fetching, watching)
    }

    package func takes(_ credential: Credential) -> Bool {
        if case .token = credential { true } else { false }
    }

    package func recognise(_ credential: Credential, at now: Int64) -> Result<Principal, AuthenticationFailure>? {
        guard case .token(let text) = credential else { return nil }
        guard !CompactToken.isTooLong(text) else { return .failure(TokenFault.tooLong.failure) }
        return cache.principal(of: CredentialDigest(of: text), at: now).map { .success($0) }
    }

    package func authenticate(
        _ credential: Credential,
        of origin: CredentialOrigin,
        at now: Int64
    ) async -> Result<Principal, AuthenticationFailure> {
        guard case .token(let text) = credential else { return .failure(TokenFault.malformed.failure) }
        if let known = recognise(credential, at: now) { return known }
        // Before the keys are looked at: what they verify after they have changed is not kept.
        let generation = cache.generation
        do throws(TokenFault) {
            let token = try CompactToken(text)
            guard rules.algorithms.contains(token.header.algorithm) else { throw .algorithm }
            let claims = TokenClaims(claims: token.claims, times: try TokenTimes(token.claims))
            try claims.times.check(rules, at: now)
            if let failure = await verify(token) { return .failure(failure) }
            try claims.check(rules)
            let digest = CredentialDigest(of: text)
            let principal = try claims.principal(rules, digest: digest)
            cache.keep(principal, of: digest, generation: generation)
            return .success(principal)
        } catch {
            return .failure(error.failure)
        }
    }

    /// Nil where the signature is good.
    private func verify(_ token: CompactToken) async -> AuthenticationFailure? {
        let failure = await failure(of: token)
        if failure == TokenFault.unverified.failure { tellOfName(token.header) }
        return failure
    }

    private func failure(of token: CompactToken) async -> AuthenticationFailure? {
        let refused = TokenFault.unverified.failure
        if let key = keys.current.key(for: token.header) {
            if key.hasSigned(token) { return nil }
            // A token without the id of its key may be of one that is not here yet.
            guard token.header.keyID == nil else { return refused }
        }
        // A secret is never fetched.
        guard let remote, token.header.algorithm.family != .hmac else { return refused }
        switch await remote.lack() {
        case .absent: return refused
        case .unavailable(let seconds): return .unavailable(retryAfter: seconds)
        case .fetched: break
        }
        guard let key = keys.current.key(for: token.header), key.hasSigned(token) else { return refused }
        return nil
    }

    /// The client is told nothing of keys; whoever runs the node has to see what it is that keeps all tokens out.
    private func tellOfName(_ header: TokenHeader) {
        guard let name = header.keyID, keys.current.isNameless(for: header) else { return }
        logger.log(
            .info,
            key: "kid",
            "a token was refused that names its key, and the key for its algorithm has no name here: JWT_KEY_ID gives it one",
            metadata: ["kid": "\(name.prefix(Self.longestShownName))", "algorithm": "\(header.algorithm.rawValue)"]
        )
    }

    private static let longestShownName = 64
}
