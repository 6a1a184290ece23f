import Core
import Testing

@testable import EdgeNode

/// What a good token makes of its bearer, and the edges of its time.
@Suite(.timeLimit(.minutes(5))) struct TokenClaimsTests {
    private static let seconds = TokenMaker.now / 1000

    @Test func aPrincipalHasWhatTheTokenSays() async throws {
        let maker = try TokenMaker.make()
        let token = try await maker.token(
            payload: TokenMaker.payload(
                #""jti":"t-1","roles":["a","b"],"streams":["orders.$sub","ticker.*"],"pairs":["btc_usdt","ETH-USDT"]"#
            )
        )
        let principal = try await maker.authenticator().judge(token).get()
        #expect(principal.user == "u" && principal.roles == ["a", "b"] && principal.pairs == ["BTCUSDT", "ETHUSDT"])
        #expect(principal.issuedAt == TokenMaker.now - 10_000 && principal.expiresAt == TokenMaker.now + 630_000)
        #expect(principal.credential == .token(id: "t-1", digest: CredentialDigest(of: token).hexadecimal))
        let grants = try #require(principal.grants)
        #expect(grants == StreamGrants(["orders.$sub", "ticker.*"], user: "u"))
    }

    @Test func whatATokenDoesNotSayNarrowsNothing() async throws {
        let maker = try TokenMaker.make()
        let principal = try await maker.authenticator().judge(maker.token()).get()
        #expect(principal.roles.isEmpty && principal.grants == nil && principal.pairs == nil)
    }

    @Test func aListMayBeATextWithSpacesAndAnEmptyOneGrantsNothing() async throws {
        let maker = try TokenMaker.make()
        let payload = TokenMaker.payload(#""roles":"a  b","streams":"","pairs":[]"#)
        let principal = try await maker.authenticator().judge(maker.token(payload: payload)).get()
        #expect(principal.roles == ["a", "b"] && principal.pairs == [])
        #expect(principal.grants == StreamGrants([], user: "u"))
    }

    @Test func claimsAreFoundWhereTheSettingsSay() async throws {
        let maker = try TokenMaker.make()
        var rules = TokenRules()
        rules.user = ClaimPath("user.id")
        rules.roles = ClaimPath("realm_access.roles")
        rules.streams = ClaimPath("https://example.com/streams")
        let payload = TokenMaker.payload(
            #""user":{"id":"auth0|1"},"realm_access":{"roles":["a"]},"https://example.com/streams":"ticker.*""#
        )
        let principal = try await maker.authenticator(rules: rules).judge(maker.token(payload: payload)).get()
        #expect(principal.user == "auth0|1" && principal.roles == ["a"])
        #expect(principal.grants == StreamGrants(["ticker.*"], user: nil))
    }

    @Test(arguments: [
        // Seconds from now to exp, and whether that is taken with 30 s of leeway.
        (#""exp":\#(seconds - 29)"#, true), (#""exp":\#(seconds - 30)"#, false), (#""exp":\#(seconds).5"#, true),
        (#""exp":\#(seconds + 9),"nbf":\#(seconds + 30)"#, true), (#""exp":1e99"#, false), (#""exp":-1"#, false),
        (#""exp":\#(seconds + 86_000),"iat":\#(seconds - 400)"#, true),
        (#""exp":\#(seconds + 86_001),"iat":\#(seconds - 400)"#, false), (#""exp":\#(seconds + 86_400)"#, true),
        (#""exp":\#(seconds + 9),"iat":\#(seconds + 30)"#, true),
    ])
    func aTokenHoldsWithinItsTime(_ times: String, _ isTaken: Bool) async throws {
        let maker = try TokenMaker.make()
        let token = try await maker.token(payload: #"{"sub":"u",\#(times)}"#)
        #expect((try await maker.authenticator().refusal(of: token) == nil) == isTaken)
    }

    /// Nothing that was revoked is good again when its revocation is forgotten.
    @Test func aTokenWithoutExpiryEndsAsTheLongestWould() async throws {
        let maker = try TokenMaker.make()
        var rules = TokenRules()
        rules.requiresExpiry = false
        let tokens = try await maker.authenticator(rules: rules)
        let token = try await maker.token(payload: #"{"sub":"u","iat":\#(Self.seconds - 86_000)}"#)
        #expect(try await tokens.judge(token).get().expiresAt == TokenMaker.now + 430_000)
        #expect(await tokens.refusal(of: token, at: TokenMaker.now + 430_000) == TokenFault.expired.failure)
        let timeless = try await maker.token(payload: #"{"sub":"u"}"#)
        #expect(try await tokens.judge(timeless).get().expiresAt == nil)
    }

    @Test(arguments: [
        (#""iss":"issuer","aud":"us""#, true), (#""iss":"issuer","aud":["x","we"]"#, true),
        (#""iss":"issuer/","aud":"us""#, false), (#""iss":["issuer"],"aud":"us""#, false),
        (#""iss":"issuer","aud":[]"#, false), (#""iss":"issuer","aud":"us we""#, false),
    ])
    func aTokenIsFromTheIssuerAndForTheAudience(_ claims: String, _ isTaken: Bool) async throws {
        let maker = try TokenMaker.make()
        var rules = TokenRules()
        rules.issuer = "issuer"
        rules.audiences = ["us", "we"]
        let token = try await maker.token(payload: TokenMaker.payload(claims))
        #expect((try await maker.authenticator(rules: rules).refusal(of: token) == nil) == isTaken)
    }
}
