import Core
import Platform
import TestSupport
import Testing

@testable import EdgeNode

@Suite struct ResumeTokenTests {
    private static let now: Int64 = 1_700_000_000_123
    private static let signer = ResumeTokenSigner(
        secret: "0123456789abcdef",
        lifetime: .seconds(600),
        maximumMessageBytes: 65_536
    )

    /// Made by another program (Python's hmac and base64) from the layout that the code describes.
    private static let golden =
        "AfvQlf-8MQVhbGljZQMIDnRpY2tlci5CVENVU0RUB6wCDRBrbGluZS4xaC5FVEhVU0RUAAAAAAAABEAA____________AQIOdGlja2VyLlNPTFVTRFRvfWKBBvho1OFumhiidxRHi6afGwnC3xcBI5ZeLtKiFw"

    private static func subscriptions() throws -> [ResumeToken.Subscription] {
        [
            ResumeToken.Subscription(
                stream: try StreamName(canonical: "ticker.BTCUSDT"),
                dialect: .op,
                position: Position(epoch: 7, sequence: 300)
            ),
            ResumeToken.Subscription(
                stream: try StreamName(canonical: "kline.1h.ETHUSDT"),
                dialect: .action,
                maxRate: 2.5,
                position: Position(epoch: 0, sequence: .max)
            ),
            ResumeToken.Subscription(stream: try StreamName(canonical: "ticker.SOLUSDT"), dialect: .guide),
        ]
    }

    private func issue(_ signer: ResumeTokenSigner = signer, user: String = "alice") throws -> String {
        try #require(signer.issue(user: user, subscriptions: Self.subscriptions(), at: Self.now))
    }

    private func failure(
        _ text: String,
        user: String = "alice",
        after milliseconds: Int64 = 0,
        _ signer: ResumeTokenSigner = signer
    ) -> ResumeTokenError? {
        do throws(ResumeTokenError) {
            _ = try signer.open(text, user: user, at: Self.now + milliseconds)
            return nil
        } catch {
            return error
        }
    }

    @Test func hasTheFormThatOtherReleasesRead() throws {
        #expect(try issue() == Self.golden)
    }

    @Test func givesBackWhatItWasMadeOf() throws {
        let token = try Self.signer.open(Self.golden, user: "alice", at: Self.now)
        #expect(token == ResumeToken(user: "alice", issuedAt: Self.now, subscriptions: try Self.subscriptions()))
    }

    @Test func aClientWithoutANameAndWithoutStreamsHasATokenToo() throws {
        let text = try #require(Self.signer.issue(user: "", subscriptions: [], at: Self.now))
        let token = try Self.signer.open(text, user: "", at: Self.now)
        #expect(token == ResumeToken(user: "", issuedAt: Self.now, subscriptions: []))
    }

    @Test func isGoodForItsLifetime() {
        #expect(failure(Self.golden, after: 600_000) == nil)
        #expect(failure(Self.golden, after: 600_001) == .expired(ageMilliseconds: 600_001))
    }

    @Test func clocksMayBeAMinuteApart() {
        #expect(failure(Self.golden, after: -60_000) == nil)
        #expect(failure(Self.golden, after: -60_001) == .fromTheFuture(milliseconds: 60_001))
    }

    @Test func aTimeOutOfAllReasonIsRefused() {
        for issuedAt in [Int64.min, .max] {
            let text = Self.signer.sign(ResumeToken(user: "alice", issuedAt: issuedAt, subscriptions: []).encoded())
            #expect(failure(text) != nil)
        }
    }

    @Test(arguments: ["", "Alice", "alice ", "bob"])
    func belongsToItsUser(_ user: String) {
        #expect(failure(Self.golden, user: user) == .foreignUser)
    }

    @Test func anotherKeyMakesAForgery() throws {
        for secret in ["0123456789abcdeF", nil] {
            let other = ResumeTokenSigner(secret: secret, lifetime: .seconds(600), maximumMessageBytes: 65_536)
            #expect(failure(try issue(other)) == .forged)
            #expect(failure(Self.golden, other) == .forged)
        }
    }

    @Test func eachByteIsUnderTheSignature() throws {
        let bytes = try #require(Base64URL.decode(Self.golden))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(failure(Base64URL.encode(changed)) == .forged)
        }
    }

    @Test func aTokenCutAnywhereIsRefused() throws {
        for length in 0..<Self.golden.count {
            let error = try #require(failure(String(Self.golden.prefix(length))))
            #expect(error == .forged || error == .malformed)
        }
        #expect(failure(Self.golden + "AAAA") == .forged)
    }

    @Test(arguments: ["", "x", "a.b", "eyJhbGciOiJIUzI1NiJ9.e30.sig", "{}", "null", "é"])
    func whatIsNoTokenIsMalformed(_ text: String) {
        #expect(failure(text) == .malformed)
    }

    @Test func anotherVersionIsNotRead() {
        #expect(failure(Self.signer.sign([3, 0, 0, 0])) == .unknownVersion(3))
        #expect(failure(Self.signer.sign([0])) == .unknownVersion(0))
    }

    /// Signed by ourselves, cut or changed before that: a fault of ours must not end the process.
    @Test func bytesThatMakeNoSenseAreMalformedHoweverTheyAreSigned() throws {
        let bytes = ResumeToken(user: "alice", issuedAt: Self.now, subscriptions: try Self.subscriptions()).encoded()
        for length in 1..<bytes.count {
            #expect(failure(Self.signer.sign(Array(bytes.prefix(length)))) == .malformed)
        }
        #expect(failure(Self.signer.sign(bytes + [0])) == .malformed)
        var random = SeededGenerator(seed: 1)
        for _ in 0..<5000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                changed[Int.random(in: 1..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = failure(Self.signer.sign(changed))
        }
    }

    @Test func isNeitherMadeNorReadWhereTheClientCouldNotSendIt() throws {
        func signer(for length: Int) -> ResumeTokenSigner {
            ResumeTokenSigner(
                secret: "0123456789abcdef",
                lifetime: .seconds(600),
                maximumMessageBytes: 384 + length
            )
        }
        let length = Self.golden.count
        #expect(try issue(signer(for: length)) == Self.golden)
        #expect(failure(Self.golden, signer(for: length)) == nil)
        let small = signer(for: length - 1)
        #expect(small.issue(user: "alice", subscriptions: try Self.subscriptions(), at: Self.now) == nil)
        #expect(failure(Self.golden, small) == .tooLong(length: length, limit: length - 1))
        // The smallest message that can be set leaves no room for a token.
        let none = ResumeTokenSigner(secret: nil, lifetime: .seconds(600), maximumMessageBytes: 256)
        #expect(none.issue(user: "", subscriptions: [], at: Self.now) == nil)
        #expect(failure("x", none) == .tooLong(length: 1, limit: 0))
    }

    @Test func aForgerLearnsNothingFromTheAnswer() {
        let errors: [ResumeTokenError] = [
            .tooLong(length: 2, limit: 1), .malformed, .forged, .unknownVersion(2), .unknownDialect(3),
            .unknownOption(128), .foreignUser, .fromTheFuture(milliseconds: 60_001),
        ]
        #expect(Set(errors.map { $0.clientError.message }).count == 1)
        for error in errors + [.expired(ageMilliseconds: 5)] {
            #expect(error.clientError.code == "INVALID_RESUME_TOKEN")
        }
    }

    @Test func theSettingsSayTheKeyAndTheTime() throws {
        let settings = ResolvedSettings.defaults(for: .edgeNode)
        let shared = try settings.replacing(Settings.Clients.resumeTokenKey, with: "0123456789abcdef")
        #expect(
            failure(
                Self.golden,
                after: 600_000,
                ResumeTokenSigner(try EdgeNode.Configuration(shared, dialects: .tidegate))
            ) == nil
        )
        #expect(
            failure(Self.golden, ResumeTokenSigner(try EdgeNode.Configuration(settings, dialects: .tidegate)))
                == .forged
        )
        let short = try shared.replacing(Settings.Clients.resumeTokenLifetime, with: .milliseconds(500))
        #expect(
            failure(Self.golden, after: 501, ResumeTokenSigner(try EdgeNode.Configuration(short, dialects: .tidegate)))
                == .expired(ageMilliseconds: 501)
        )
        #expect(
            failure(Self.golden, after: 500, ResumeTokenSigner(try EdgeNode.Configuration(short, dialects: .tidegate)))
                == nil
        )
    }
}
