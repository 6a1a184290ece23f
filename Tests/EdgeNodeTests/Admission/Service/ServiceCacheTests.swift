import Testing

@testable import EdgeNode

@Suite struct ServiceCacheTests {
    @Test(arguments: [(nil, 1000), (500, 500), (5000, 1000), (0, 0)] as [(Int64?, Int64)])
    func anAnswerCountsUntilItEndsAndNoLongerThanTheBound(end: Int64?, until: Int64) {
        var cache = ServiceCache(lifetime: 1000)
        cache.keep(.success(Principal(user: "u", expiresAt: end)), of: CredentialDigest(of: "a"), at: 0)
        #expect((cache.outcome(of: CredentialDigest(of: "a"), at: until - 1) != nil) == (until > 0))
        #expect(
            cache.outcome(of: CredentialDigest(of: "a"), at: until) == nil
                && cache.outcome(of: CredentialDigest(of: "b"), at: 0) == nil
        )
    }

    @Test func aRefusalCountsForAMomentAndAFailureNotAtAll() {
        var cache = ServiceCache(lifetime: 60_000)
        cache.keep(.failure(.refused(reason: "no")), of: CredentialDigest(of: "a"), at: 0)
        cache.keep(.failure(.unavailable(retryAfter: 1)), of: CredentialDigest(of: "b"), at: 0)
        #expect(cache.outcome(of: CredentialDigest(of: "a"), at: ServiceCache.refusalLifetime - 1) != nil)
        #expect(cache.outcome(of: CredentialDigest(of: "a"), at: ServiceCache.refusalLifetime) == nil)
        #expect(cache.outcome(of: CredentialDigest(of: "b"), at: 0) == nil && cache.count == 1)
    }

    @Test func nothingIsKeptWhereNothingMayBe() {
        var cache = ServiceCache(lifetime: 0)
        cache.keep(.success(Principal(user: "u")), of: CredentialDigest(of: "a"), at: 0)
        cache.keep(.failure(.refused(reason: "no")), of: CredentialDigest(of: "b"), at: 0)
        #expect(cache.count == 0)
    }

    @Test func theOldestMakesRoom() {
        var cache = ServiceCache(lifetime: 1000, capacity: 3)
        for digest in ["a", "b", "c"] {
            cache.keep(.success(Principal(user: digest)), of: CredentialDigest(of: digest), at: 0)
        }
        // It has come anew, so that it is not the oldest any more.
        cache.keep(.success(Principal(user: "a")), of: CredentialDigest(of: "a"), at: 1)
        cache.keep(.success(Principal(user: "d")), of: CredentialDigest(of: "d"), at: 2)
        #expect(
            cache.count == 3 && cache.outcome(of: CredentialDigest(of: "b"), at: 2) == nil
                && cache.outcome(of: CredentialDigest(of: "a"), at: 2) != nil
        )
    }

    /// Whoever invents credentials pushes out no answer, and only so many are remembered.
    @Test func refusalsPushOutNoAnswer() {
        var cache = ServiceCache(lifetime: 60_000, capacity: 2, mostRefusals: 3)
        cache.keep(.success(Principal(user: "u")), of: CredentialDigest(of: "a"), at: 0)
        for number in 0..<100 {
            cache.keep(.failure(.refused(reason: "no")), of: CredentialDigest(of: "r\(number)"), at: 1)
        }
        #expect(cache.count == 4 && cache.outcome(of: CredentialDigest(of: "a"), at: 2) != nil)
        #expect(
            cache.outcome(of: CredentialDigest(of: "r96"), at: 2) == nil
                && cache.outcome(of: CredentialDigest(of: "r97"), at: 2) != nil
        )
    }

    /// A credential is good or not, and never both.
    @Test func theLastWordCounts() {
        var cache = ServiceCache(lifetime: 60_000)
        for isGood in [true, false, true] {
            let outcome: ServiceCache.Outcome =
                isGood ? .success(Principal(user: "u")) : .failure(.refused(reason: "no"))
            cache.keep(outcome, of: CredentialDigest(of: "a"), at: 0)
            if case .success? = cache.outcome(of: CredentialDigest(of: "a"), at: 1) {
                #expect(isGood)
            } else {
                #expect(!isGood)
            }
            #expect(cache.count == 1)
        }
    }
}

@Suite struct AgeingTableTests {
    /// Whoever comes again and again does not make it grow.
    @Test func itIsBounded() {
        var table = AgeingTable<Int>(capacity: 8)
        for number in 0..<10_000 {
            table.keep(number, of: CredentialDigest(of: "\(number % 7)"), until: Int64(number) + 1)
            #expect(table.places <= 16)
        }
        #expect(table.count <= 8)
    }
}
