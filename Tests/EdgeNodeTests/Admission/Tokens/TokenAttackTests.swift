import Core
import Crypto
import JWTKit
import Testing

@testable import EdgeNode

/// What somebody without a good token may try: each is refused, and told why without a word of the keys.
@Suite(.timeLimit(.minutes(5))) struct TokenAttackTests {
    private static let seconds = TokenMaker.now / 1000

    struct Attack: Sendable, CustomTestStringConvertible {
        let name: String
        let fault: TokenFault
        let token: @Sendable (TokenMaker) async throws -> String
        var testDescription: String { name }

        init(_ name: String, _ fault: TokenFault, _ token: @escaping @Sendable (TokenMaker) async throws -> String) {
            self.name = name
            self.fault = fault
            self.token = token
        }
    }

    static let attacks: [Attack] = [
        Attack("no signature at all", .algorithm) { maker in
            let token = try await maker.token(header: #"{"alg":"none","kid":"ec"}"#)
            return token[...token.lastIndex(of: ".")!].description
        },
        Attack("alg none in capitals", .algorithm) { try await $0.token(header: #"{"alg":"NONE","kid":"ec"}"#) },
        Attack("alg that is no text", .malformed) { try await $0.token(header: #"{"alg":["ES256"],"kid":"ec"}"#) },
        Attack("no alg", .malformed) { try await $0.token(header: #"{"kid":"ec"}"#) },
        Attack("the public RSA key as a secret, by its kid", .unverified) { maker in
            let pem = SymmetricKey(data: Array(maker.rsa.publicKey.pemRepresentation.utf8))
            return try await maker.token(.hs256, header: #"{"alg":"HS256","kid":"rsa"}"#, secret: pem)
        },
        Attack("the public RSA key as a secret, without a kid", .unverified) { maker in
            let pem = SymmetricKey(data: Array(maker.rsa.publicKey.pemRepresentation.utf8))
            return try await maker.token(.hs256, header: #"{"alg":"HS256"}"#, secret: pem)
        },
        Attack("the key of another family", .unverified) {
            try await $0.token(.es256, header: #"{"alg":"RS256","kid":"ec"}"#)
        },
        Attack("an algorithm that the key is not for", .unverified) {
            try await $0.token(.ps256, header: #"{"alg":"PS256","kid":"rsa"}"#)
        },
        Attack("a kid that nobody has", .unverified) { try await $0.token(header: #"{"alg":"ES256","kid":"x"}"#) },
        Attack("a kid with a path", .unverified) {
            try await $0.token(header: #"{"alg":"ES256","kid":"../../../dev/null"}"#)
        },
        Attack("a kid with odd bytes", .unverified) {
            try await $0.token(header: #"{"alg":"ES256","kid":"ec\u0000' OR 1=1 --"}"#)
        },
        Attack("a kid that is no text", .malformed) { try await $0.token(header: #"{"alg":"ES256","kid":{}}"#) },
        Attack("a key of its own in the header", .unverified) {
            try await $0.token(header: #"{"alg":"ES256","kid":"x","jwk":{"kty":"oct","k":"AAAA"}}"#)
        },
        Attack("an extension that must be understood", .critical) {
            try await $0.token(header: #"{"alg":"ES256","kid":"ec","crit":["b64"],"b64":false}"#)
        },
        Attack("alg twice", .duplicate) { try await $0.token(header: #"{"alg":"ES256","kid":"ec","alg":"HS256"}"#) },
        Attack("alg twice, once escaped", .duplicate) {
            try await $0.token(header: #"{"alg":"ES256","kid":"ec","\u0061lg":"none"}"#)
        },
        Attack("sub twice", .duplicate) { try await $0.good(TokenMaker.payload(#""sub":"admin""#)) },
        Attack("a claim twice inside another", .duplicate) {
            try await $0.good(TokenMaker.payload(#""realm_access":{"roles":[],"roles":["admin"]}"#))
        },
        Attack("expired", .expired) {
            try await $0.good(#"{"sub":"u","iat":\#(seconds - 600),"exp":\#(seconds - 30)}"#)
        },
        Attack("from the future by nbf", .notYet) {
            try await $0.good(TokenMaker.payload(#""nbf":\#(seconds + 31)"#))
        },
        Attack("from the future by iat", .fromTheFuture) {
            try await $0.good(#"{"sub":"u","iat":\#(seconds + 31),"exp":\#(seconds + 600)}"#)
        },
        Attack("without exp", .noExpiry) { try await $0.good(#"{"sub":"u","iat":\#(seconds)}"#) },
        Attack("exp as a text", .claim("exp")) { try await $0.good(#"{"sub":"u","exp":"\#(seconds + 60)"}"#) },
        Attack("valid for a week", .lifetime) {
            try await $0.good(#"{"sub":"u","iat":\#(seconds),"exp":\#(seconds + 604_800)}"#)
        },
        Attack("valid for a week, without iat", .lifetime) {
            try await $0.good(#"{"sub":"u","exp":\#(seconds + 604_800)}"#)
        },
        Attack("another issuer", .issuer) { try await $0.good(TokenMaker.payload(#""iss":"evil","aud":"us""#)) },
        Attack("no issuer", .issuer) { try await $0.good(TokenMaker.payload(#""aud":"us""#)) },
        Attack("another audience", .audience) {
            try await $0.good(TokenMaker.payload(#""iss":"issuer","aud":["them","us2"]"#))
        },
        Attack("no audience", .audience) { try await $0.good(TokenMaker.payload(#""iss":"issuer""#)) },
        Attack("an audience that is no text", .audience) {
            try await $0.good(TokenMaker.payload(#""iss":"issuer","aud":{"us":1}"#))
        },
        Attack("no user", .user) {
            try await $0.good(#"{"exp":\#(seconds + 60),"iss":"issuer","aud":"us"}"#)
        },
        Attack("an empty user", .user) {
            try await $0.good(#"{"sub":"","exp":\#(seconds + 60),"iss":"issuer","aud":"us"}"#)
        },
        Attack("a user that is a number", .user) {
            try await $0.good(#"{"sub":1,"exp":\#(seconds + 60),"iss":"issuer","aud":"us"}"#)
        },
        Attack("a user longer than a part of a stream's name", .user) {
            let name = String(repeating: "*", count: 43)
            return try await $0.good(#"{"sub":"\#(name)","exp":\#(seconds + 60),"iss":"issuer","aud":"us"}"#)
        },
        Attack("roles that are an object", .claim("roles")) { try await $0.ours(#""roles":{"admin":true}"#) },
        Attack("a role that is a number", .claim("roles")) { try await $0.ours(#""roles":["a",1]"#) },
        Attack("streams that are null", .claim("streams")) { try await $0.ours(#""streams":null"#) },
        Attack("pairs that are true", .claim("pairs")) { try await $0.ours(#""pairs":true"#) },
        Attack("jti that is a number", .claim("jti")) { try await $0.ours(#""jti":1"#) },
        Attack("a payload that is no object", .malformed) { try await $0.good("[]") },
        Attack("a payload that is no JSON", .malformed) { try await $0.good("{\"sub\":\"u\"") },
        Attack("a payload with bytes behind it", .malformed) { try await $0.good(TokenMaker.payload() + "{}") },
        Attack("a payload nested without end", .malformed) {
            try await $0.good(#"{"a":"# + String(repeating: "[", count: 5000) + "}")
        },
        Attack("a payload that was changed", .unverified) { maker in
            let parts = try await maker.ours("").split(separator: ".")
            let other = try await maker.ours(#""roles":["admin"]"#).split(separator: ".")
            return [parts[0], other[1], parts[2]].joined(separator: ".")
        },
        Attack("a signature of zeros", .unverified) { maker in
            let token = try await maker.ours("")
            let zeros = Base64URL.encode([UInt8](repeating: 0, count: 64))
            return "\(token[...token.lastIndex(of: ".")!])\(zeros)"
        },
        Attack("a signature without its end", .unverified) { String(try await $0.ours("").dropLast(2)) },
        Attack("no signature", .unverified) { maker in
            let token = try await maker.ours("")
            return String(token[...token.lastIndex(of: ".")!])
        },
        Attack("two parts", .malformed) { maker in
            let token = try await maker.ours("")
            return String(token[..<token.lastIndex(of: ".")!])
        },
        Attack("four parts", .malformed) { try await $0.ours("") + ".e30" },
        Attack("padded base64", .malformed) { try await $0.ours("") + "==" },
        Attack("white space behind it", .malformed) { try await $0.ours("") + "\n" },
        Attack("nothing", .malformed) { _ in "" },
        Attack("dots", .malformed) { _ in ".." },
        Attack("64 KB", .tooLong) {
            try await $0.ours(#""more":"\#(String(repeating: "x", count: 49_000))""#)
        },
    ]

    @Test(arguments: attacks) func itIsRefused(_ attack: Attack) async throws {
        let maker = try TokenMaker.make()
        let tokens = try await Self.tokens(maker)
        #expect(await tokens.refusal(of: try attack.token(maker)) == attack.fault.failure)
        #expect(tokens.cache.count == 0)
    }

    /// Else everything above would be refused for another reason.
    @Test func theSameWithoutAFaultIsTaken() async throws {
        let maker = try TokenMaker.make()
        #expect(try await Self.tokens(maker).refusal(of: try maker.ours("")) == nil)
    }

    /// The last character of base64 has bits that stand for nothing: the token would have several spellings, and digests.
    @Test func aTokenHasOneSpelling() async throws {
        let maker = try TokenMaker.make()
        let tokens = try await Self.tokens(maker)
        let token = try await maker.ours("")
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let end = try #require(token.last)
        let last = try #require(alphabet.firstIndex(of: end))
        #expect(await tokens.refusal(of: token.dropLast() + String(alphabet[last ^ 1])) == TokenFault.malformed.failure)
    }

    private static func tokens(_ maker: TokenMaker) async throws -> TokenAuthenticator {
        var rules = TokenRules()
        rules.issuer = "issuer"
        rules.audiences = ["us"]
        let keys = [
            try await VerificationKey(id: "rsa", maker.publicKey(.rsa), algorithm: .rs256),
            try await VerificationKey(id: "ec", maker.publicKey(.p256)),
            try await VerificationKey(id: "hmac", maker.publicKey(.hmac)),
        ]
        return maker.authenticator(keys, rules: rules)
    }
}

extension TokenMaker {
    /// Of a key that is taken.
    fileprivate func good(_ payload: String) async throws -> String {
        try await token(header: #"{"alg":"ES256","kid":"ec"}"#, payload: payload)
    }

    /// The same, of the right issuer for the right audience.
    fileprivate func ours(_ more: String) async throws -> String {
        try await good(Self.payload(#""iss":"issuer","aud":["them","us"]"# + (more.isEmpty ? "" : ",\(more)")))
    }
}
