import Testing

@testable import EdgeNode

/// Who has come before is known again, for as long as that is right.
@Suite(.timeLimit(.minutes(5))) struct TokenCacheTests {
    private func digest(_ number: Int) -> CredentialDigest { CredentialDigest(of: "token \(number)") }

    @Test func aTokenIsVerifiedOnceAndKnownUntilItEnds() async throws {
        let maker = try TokenMaker.make()
        let tokens = try await maker.authenticator()
        let token = try await maker.token()
        #expect(tokens.recognise(.token(token), at: TokenMaker.now) == nil)
        let principal = try await tokens.judge(token).get()
        let end = try #require(principal.expiresAt)
        #expect(try tokens.recognise(.token(token), at: end - 1)?.get() === principal)
        #expect(tokens.recognise(.token(token), at: end) == nil)
        #expect(await tokens.refusal(of: token, at: end) == TokenFault.expired.failure)
    }

    @Test func aRefusedTokenIsNotKept() async throws {
        let maker = try TokenMaker.make()
        let tokens = try await maker.authenticator()
        for number in 0..<10 { _ = await tokens.judge("a.b.\(number)") }
        #expect(tokens.cache.count == 0)
    }

    /// It would not be refused before its time otherwise.
    @Test func whatWasVerifiedWithAKeyThatIsGoneIsForgotten() async throws {
        let maker = try TokenMaker.make()
        let tokens = try await maker.authenticator()
        let token = try await maker.token()
        _ = try await tokens.judge(token).get()
        let more = try await VerificationKey(id: "more", maker.publicKey(.hmac))
        tokens.keys.set([more], of: .file)
        #expect(tokens.recognise(.token(token), at: TokenMaker.now) != nil, "no key is gone")
        tokens.keys.set([], of: .settings)
        #expect(tokens.recognise(.token(token), at: TokenMaker.now) == nil)
        #expect(await tokens.refusal(of: token) == TokenFault.unverified.failure)
    }

    /// One verification began before the keys changed, and ended after.
    @Test func whatComesTooLateIsNotKept() {
        let cache = TokenCache()
        let generation = cache.generation
        cache.removeAll()
        cache.keep(.anonymous, of: digest(1), generation: generation)
        #expect(cache.principal(of: digest(1), at: 0) == nil)
    }

    @Test func itIsBoundedAndKeepsThoseThatComeAgain() {
        let cache = TokenCache(capacity: 100)
        for number in 0..<100 { cache.keep(.anonymous, of: digest(number), generation: 0) }
        for number in 100..<1000 {
            #expect(cache.principal(of: digest(7), at: 0) != nil)
            cache.keep(.anonymous, of: digest(number), generation: 0)
        }
        #expect(cache.count == 100)
        #expect(cache.principal(of: digest(7), at: 0) != nil && cache.principal(of: digest(8), at: 0) == nil)
        #expect(cache.principal(of: digest(999), at: 0) != nil)
    }

    /// All have been asked for: one makes room all the same.
    @Test func itTakesAnotherWhenAllAreUsed() {
        let cache = TokenCache(capacity: 50)
        for number in 0..<50 { cache.keep(.anonymous, of: digest(number), generation: 0) }
        for number in 0..<50 { _ = cache.principal(of: digest(number), at: 0) }
        cache.keep(.anonymous, of: digest(50), generation: 0)
        #expect(cache.principal(of: digest(50), at: 0) != nil && cache.count == 50)
    }
}
