import Core
import Crypto
import CryptoExtras
import JWTKit
import Logging
import NIOCore

@testable import EdgeNode

/// Makes tokens of any text, rightly or wrongly signed, by keys of its own: one of each family.
struct TokenMaker: Sendable {
    static let now: Int64 = 1_800_000_000_000

    /// RSA takes its time, so that all tests share one.
    static let shared = Result { try TokenMaker() }

    let secret = SymmetricKey(size: SymmetricKeySize(bitCount: 512))
    let rsa: JWTKit.Insecure.RSA.PrivateKey
    let p256 = ES256PrivateKey()
    let p384 = ES384PrivateKey()
    let p521 = ES512PrivateKey()
    let ed25519: EdDSA.PrivateKey

    private init() throws {
        rsa = try JWTKit.Insecure.RSA.PrivateKey(backing: _RSA.Signing.PrivateKey(keySize: .bits2048))
        ed25519 = try EdDSA.PrivateKey()
    }

    static func make() throws -> TokenMaker { try shared.get() }

    func publicKey(_ family: KeyFamily) -> KeyMaterial {
        switch family {
        case .hmac: .hmac(secret)
        case .rsa: .rsa(rsa.publicKey)
        case .p256: .p256(p256.publicKey)
        case .p384: .p384(p384.publicKey)
        case .p521: .p521(p521.publicKey)
        case .ed25519: .ed25519(ed25519.publicKey)
        }
    }

    func signer(_ algorithm: TokenAlgorithm, secret: SymmetricKey? = nil) async throws -> any JWTAlgorithm {
        let keys = JWTKeyCollection()
        let secret = HMACKey(key: secret ?? self.secret)
        switch algorithm {
        case .hs256: await keys.add(hmac: secret, digestAlgorithm: .sha256)
        case .hs384: await keys.add(hmac: secret, digestAlgorithm: .sha384)
        case .hs512: await keys.add(hmac: secret, digestAlgorithm: .sha512)
        case .rs256: await keys.add(rsa: rsa, digestAlgorithm: .sha256)
        case .rs384: await keys.add(rsa: rsa, digestAlgorithm: .sha384)
        case .rs512: await keys.add(rsa: rsa, digestAlgorithm: .sha512)
        case .ps256: await keys.add(pss: rsa, digestAlgorithm: .sha256)
        case .ps384: await keys.add(pss: rsa, digestAlgorithm: .sha384)
        case .ps512: await keys.add(pss: rsa, digestAlgorithm: .sha512)
        case .es256: await keys.add(ecdsa: p256)
        case .es384: await keys.add(ecdsa: p384)
        case .es512: await keys.add(ecdsa: p521)
        case .eddsa: await keys.add(eddsa: ed25519)
        }
        return try await keys.getKey()
    }

    /// - Parameters:
    ///   - header: As text; nil names the algorithm and no key.
    ///   - secret: Signs in place of the maker's own, where the algorithm takes one.
    func token(
        _ algorithm: TokenAlgorithm = .es256,
        header: String? = nil,
        payload: String = Self.payload(),
        secret: SymmetricKey? = nil
    ) async throws -> String {
        let header = header ?? #"{"alg":"\#(algorithm.rawValue)"}"#
        let content = [header, payload].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        let signature = try await signer(algorithm, secret: secret).sign(Array(content.utf8))
        return "\(content).\(Base64URL.encode(signature))"
    }

    /// Claims of user `u`, valid at `now`, and more of them as text.
    static func payload(_ more: String = "") -> String {
        let seconds = now / 1000
        return #"{"sub":"u","iat":\#(seconds - 10),"exp":\#(seconds + 600)\#(more.isEmpty ? "" : ",")\#(more)}"#
    }

    /// Takes what these keys have signed.
    func authenticator(
        _ keys: [VerificationKey],
        rules: TokenRules = TokenRules(),
        logger: Logger = Logger(label: "test")
    ) -> TokenAuthenticator {
        let cache = TokenCache()
        let all = TokenKeys { cache.removeAll() }
        all.set(keys, of: .settings)
        return TokenAuthenticator(rules: rules, keys: all, cache: cache, logger: logger)
    }

    /// Takes what the maker's own keys have signed; they have no ids.
    func authenticator(rules: TokenRules = TokenRules()) async throws -> TokenAuthenticator {
        var keys: [VerificationKey] = []
        for family in [KeyFamily.hmac, .rsa, .p256, .p384, .p521, .ed25519] {
            keys.append(try await VerificationKey(id: nil, publicKey(family)))
        }
        return authenticator(keys, rules: rules)
    }
}

extension TokenAuthenticator {
    func judge(_ token: String, at now: Int64 = TokenMaker.now) async -> Result<Principal, AuthenticationFailure> {
        await authenticate(.token(token), of: CredentialOrigin(address: nil, origin: nil, path: "/ws"), at: now)
    }

    /// Nil where it is taken.
    func refusal(of token: String, at now: Int64 = TokenMaker.now) async -> AuthenticationFailure? {
        if case .failure(let failure) = await judge(token, at: now) { failure } else { nil }
    }
}
