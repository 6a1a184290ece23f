import Core
import JWTKit
import NIOCore
import Testing

@testable import EdgeNode

/// Which keys of a JWKS are taken, and what for.
@Suite(.timeLimit(.minutes(5))) struct JSONWebKeySetTests {
    private static func text(_ keys: [String]) -> ByteBuffer {
        ByteBuffer(string: #"{"keys":[\#(keys.joined(separator: ","))],"more":1}"#)
    }

    private static func set(_ keys: String..., takesSecrets: Bool = false) async throws -> JSONWebKeySet {
        try await JSONWebKeySet(text(keys), takesSecrets: takesSecrets)
    }

    @Test func eachKindIsGoodForItsAlgorithms() async throws {
        let maker = try TokenMaker.make()
        let keys = [
            (try maker.rsaKey(), "RS256 RS384 RS512 PS256 PS384 PS512"), (maker.ecKey(), "ES256"),
            (maker.ec384Key(), "ES384"), (maker.ec521Key(), "ES512"), (maker.edKey(), "EdDSA"),
        ]
        for (key, algorithms) in keys {
            let set = try await Self.set(key)
            let fitting = TokenAlgorithm.allCases.filter { set.keys[0].fits($0) }.map(\.rawValue)
            #expect(fitting.joined(separator: " ") == algorithms)
            #expect(set.remarks == [])
        }
    }

    @Test func theyVerify() async throws {
        let maker = try TokenMaker.make()
        let set = try await Self.set(
            maker.rsaKey(#""kid":"1","#),
            maker.ecKey(#""kid":"2","#),
            maker.ec384Key(#""kid":"3","#),
            maker.ec521Key(#""kid":"4","#),
            maker.edKey(#""kid":"5","#)
        )
        let tokens = maker.authenticator(set.keys)
        for algorithm in TokenAlgorithm.allCases where algorithm.family != .hmac {
            #expect(await tokens.refusal(of: try maker.token(algorithm)) == nil, "without kid: \(algorithm)")
        }
        let named = try await maker.token(.es384, header: #"{"alg":"ES384","kid":"3"}"#)
        #expect(await tokens.refusal(of: named) == nil)
        let misnamed = try await maker.token(.es384, header: #"{"alg":"ES384","kid":"2"}"#)
        #expect(await tokens.refusal(of: misnamed) == TokenFault.unverified.failure)
    }

    /// What a key says that it is for is heeded; a foreign kind is no fault of the set.
    @Test(arguments: [
        (#""use":"sig","#, true), (#""use":"enc","#, false), (#""key_ops":["verify"],"#, true),
        (#""key_ops":["sign","verify"],"#, true), (#""key_ops":["encrypt"],"#, false), (#""key_ops":"verify","#, false),
        (#""alg":"ES256","#, true), (#""alg":"ES384","#, false), (#""alg":"ECDH-ES","#, false),
        (#""alg":"none","#, false), (#""alg":"HS256","#, false), (#""kid":7,"#, false),
    ])
    func aKeyIsUsedForWhatItIsFor(_ fields: String, _ isTaken: Bool) async throws {
        let maker = try TokenMaker.make()
        let set = try await Self.set(maker.edKey(), maker.ecKey(fields))
        #expect(set.keys.contains { $0.fits(.es256) } == isTaken)
    }

    @Test func keysOfOtherKindsArePassedOver() async throws {
        let maker = try TokenMaker.make()
        let set = try await Self.set(
            #"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#,
            #"{"kty":"OKP","crv":"X25519","x":"AA"}"#,
            #"{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}"#,
            maker.ecKey()
        )
        #expect(set.keys.count == 1 && set.remarks == [])
    }

    @Test func aBrokenKeyIsPassedOverAndSaid() async throws {
        let maker = try TokenMaker.make()
        let set = try await Self.set(
            #"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#,
            #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            #"{"kty":"EC","crv":"P-256","x":"AA=="}"#,
            #"7"#,
            maker.ecKey()
        )
        #expect(set.keys.count == 1 && set.remarks.count == 4)
        #expect(set.remarks[2] == #"keys[2]: its "x" is missing or not in base64url"#)
    }

    /// What is published is no secret; in a file it may be one.
    @Test func aSecretIsTakenFromAFileOnly() async throws {
        let secret = #"{"kty":"oct","kid":"s","k":"\#(Base64URL.encode([UInt8](repeating: 7, count: 32)))"}"#
        let short = #"{"kty":"oct","k":"\#(Base64URL.encode([UInt8](repeating: 7, count: 31)))"}"#
        await #expect(throws: JSONWebKeySet.Refusal.self) { try await Self.set(secret) }
        await #expect(throws: JSONWebKeySet.Refusal.self) { try await Self.set(short, takesSecrets: true) }
        let keys = try await Self.set(secret, takesSecrets: true).keys
        #expect(keys.count == 1 && keys[0].fits(.hs256) && !keys[0].fits(.hs384))
    }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[],"keys":[]}"#, #"{"keys":[{}]}"#,
        #"{"keys":[\#(Array(repeating: "{}", count: 101).joined(separator: ","))]}"#,
    ])
    func whatIsNoSetOfKeysIsRefused(_ text: String) async {
        await #expect(throws: JSONWebKeySet.Refusal.self) {
            try await JSONWebKeySet(ByteBuffer(string: text), takesSecrets: true)
        }
    }

    /// The key is chosen by nobody but the id and the kind.
    @Test func aTokenWithoutAKidIsGoodByTheOnlyKeyThatFits() async throws {
        let maker = try TokenMaker.make()
        let one = try await VerificationKey(id: "1", maker.publicKey(.p256))
        let other = try await VerificationKey(id: "2", .p256(.init(pem: TokenMaker.foreignPEM)))
        let token = try await maker.token(.es256)
        #expect(await maker.authenticator([one]).refusal(of: token) == nil)
        #expect(await maker.authenticator([one, other]).refusal(of: token) == TokenFault.unverified.failure)
        let named = try await maker.token(.es256, header: #"{"alg":"ES256","kid":"1"}"#)
        #expect(await maker.authenticator([one, other]).refusal(of: named) == nil)
        let nameless = try await VerificationKey(id: nil, maker.publicKey(.p256))
        #expect(await maker.authenticator([nameless]).refusal(of: named) == TokenFault.unverified.failure)
    }
}

extension TokenMaker {
    /// Of nobody.
    static let foreignPEM = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENJwvaIVuDW4SYTUNEicz3bGg16uw
        P9DHNhhCLK3qaAFml3PUsiW8GoBaewmRaRPtzSsR4tF6wCzY/e+alU7VCw==
        -----END PUBLIC KEY-----
        """

    func rsaKey(_ more: String = "") throws -> String {
        let (modulus, exponent) = try rsa.publicKey.getKeyPrimitives()
        let (n, e) = (Base64URL.encode(Array(modulus)), Base64URL.encode(Array(exponent)))
        return #"{"kty":"RSA",\#(more)"n":"\#(n)","e":"\#(e)"}"#
    }

    func ecKey(_ more: String = "") -> String { ec("P-256", p256.parameters, more) }

    func ec384Key(_ more: String = "") -> String { ec("P-384", p384.parameters, more) }

    func ec521Key(_ more: String = "") -> String { ec("P-521", p521.parameters, more) }

    func edKey(_ more: String = "") -> String {
        let x = Base64URL.encode(Array(ed25519.publicKey.rawRepresentation))
        return #"{"kty":"OKP","crv":"Ed25519",\#(more)"x":"\#(x)"}"#
    }

    /// The library gives its coordinates in the other alphabet.
    private func ec(_ curve: String, _ point: (x: String, y: String)?, _ more: String) -> String {
        func url(_ text: String?) -> String {
            String((text ?? "").filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        }
        return #"{"kty":"EC","crv":"\#(curve)",\#(more)"x":"\#(url(point?.x))","y":"\#(url(point?.y))"}"#
    }
}
