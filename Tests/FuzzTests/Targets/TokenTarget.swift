import Core
import Crypto

@testable import EdgeNode

/// JWTs. Where the first byte is even the rest is one as a client sends it; where it is odd (`A`), its header and its
/// claims with the end of a line in between, which are then signed: so what is behind the signature is read too.
enum TokenTarget {
    private static let now: Int64 = 1_800_000_000_000
    private static let secret = SymmetricKey(data: Array("a secret that has 32 bytes or more".utf8))
    private static let origin = CredentialOrigin(address: nil, origin: nil, path: "/ws")
    private static let lineEnd = UInt8(ascii: "\n")

    static func run(_ input: [UInt8]) async throws -> Bool {
        let text = token(of: input)
        // Each its own, so that no input depends on those before it.
        let cache = TokenCache()
        let keys = TokenKeys { cache.removeAll() }
        keys.set([try await VerificationKey(id: "k", .hmac(secret))], of: .settings)
        let tokens = TokenAuthenticator(rules: TokenRules(), keys: keys, cache: cache)
        let outcome = await tokens.authenticate(.token(text), of: origin, at: now)
        guard case .success(let principal) = outcome else {
            try BrokenPromise.unless(cache.count == 0, "a token that is refused is not kept")
            return false
        }
        try BrokenPromise.unless(principal.user?.isEmpty == false && principal.part != nil, "a token has a user")
        try BrokenPromise.unless(principal.expiresAt.map { $0 > now } ?? false, "a token is within its time")
        guard case .success(let known)? = tokens.recognise(.token(text), at: now), known === principal else {
            throw BrokenPromise(description: "a token that was taken is known")
        }
        return true
    }

    private static func token(of input: [UInt8]) -> String {
        let rest = input.dropFirst()
        guard (input.first ?? 0) % 2 == 1 else { return String(decoding: rest, as: UTF8.self) }
        let parts = rest.split(separator: lineEnd, maxSplits: 1, omittingEmptySubsequences: false)
        let content = parts.map { Base64URL.encode(Array($0)) }.joined(separator: ".")
        let signature = HMAC<SHA256>.authenticationCode(for: Array(content.utf8), using: secret)
        return "\(content).\(Base64URL.encode(Array(signature)))"
    }
}
