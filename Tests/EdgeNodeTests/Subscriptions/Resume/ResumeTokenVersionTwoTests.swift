import Core
import Platform
import TestSupport
import Testing

@testable import EdgeNode

@Suite("A resume token of version 2 says its key and may say more of a subscription; both versions are taken")
struct ResumeTokenVersionTwoTests {
    private static let now: Int64 = 1_700_000_000_123
    private static let signer = signer("k1:0123456789abcdef")

    /// Made by another program (Python's hmac and base64) from the layout that the code describes.
    private static let golden =
        "AgJrMfvQlf-8MQVhbGljZQMACA50aWNrZXIuQlRDVVNEVAesAgABDBBrbGluZS4xaC5FVEhVU0RUAAAAAAAABEAA____________AQACAA50aWNrZXIuU09MVVNEVABR95dxISfmoNY35CLBL8U3yLPejcdnpzM-lXmyLL98vQ"

    private static func signer(_ keys: String?, writing wire: WireVersion = .two) -> ResumeTokenSigner {
        ResumeTokenSigner(secret: keys, lifetime: .seconds(600), maximumMessageBytes: 65_536, writing: wire)
    }

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

    private static func token() throws -> ResumeToken {
        ResumeToken(user: "alice", issuedAt: now, subscriptions: try subscriptions())
    }

    private static func failure(_ text: String, _ signer: ResumeTokenSigner = signer) -> ResumeTokenError? {
        do throws(ResumeTokenError) {
            _ = try signer.open(text, user: "alice", at: now)
            return nil
        } catch {
            return error
        }
    }

    /// A token of one subscription, with these options.
    private static func signed(options: [UInt8], dialect: UInt8 = 0) -> String {
        let stream = Array("ticker.X".utf8)
        return signer.sign(
            [2, 0, 1, 0, 1, dialect, 0, UInt8(stream.count)] + stream + [UInt8(options.count)] + options
        )
    }

    private static func openedStreams(_ text: String) throws -> [String] {
        try signer.open(text, user: "", at: 1).subscriptions.map(\.stream.canonical)
    }

    @Test func hasTheFormThatOtherReleasesRead() throws {
        #expect(Self.signer.issue(user: "alice", subscriptions: try Self.subscriptions(), at: Self.now) == Self.golden)
        #expect(try Self.signer.open(Self.golden, user: "alice", at: Self.now) == Self.token())
    }

    @Test(arguments: WireVersion.allCases, WireVersion.allCases)
    func isTakenWhateverIsWritten(_ theirs: WireVersion, _ ours: WireVersion) throws {
        let key = "0123456789abcdef"
        let text = try #require(
            Self.signer(key, writing: theirs).issue(user: "alice", subscriptions: Self.subscriptions(), at: Self.now)
        )
        #expect(try Self.signer(key, writing: ours).open(text, user: "alice", at: Self.now) == Self.token())
    }

    @Test(
        arguments: [
            [], [1, 0], [0, 1, 9], [127, 3, 1, 2, 3], [5, 1, 0, 5, 1, 0], [1, 0, 2, 0, 127, 0],
            [7, 100] + [UInt8](repeating: 255, count: 100),
        ] as [[UInt8]]
    )
    func anOptionThatMayBePassedOverIs(_ options: [UInt8]) throws {
        #expect(try Self.openedStreams(Self.signed(options: options)) == ["ticker.X"])
    }

    @Test(
        arguments: [
            ([128, 0], .unknownOption(128)), ([255, 1, 7], .unknownOption(255)),
            ([1, 1, 9, 200, 0], .unknownOption(200)), ([1], .malformed), ([1, 1], .malformed), ([128, 1], .malformed),
            ([1, 0, 0], .malformed), ([1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], .malformed),
        ] as [([UInt8], ResumeTokenError)]
    )
    func anyOtherOptionIsRefused(_ options: [UInt8], _ error: ResumeTokenError) {
        #expect(throws: error) { try Self.openedStreams(Self.signed(options: options)) }
    }

    @Test func aRefusalSaysWhatIsNotKnown() {
        #expect(ResumeTokenError.unknownOption(130).description.contains("an option of type 130"))
        #expect(ResumeTokenError.unknownVersion(9).description.hasSuffix("reads versions 1 and 2"))
    }

    @Test func aDialectThatIsNotSpokenHereIsRefusedInBothVersions() {
        #expect(throws: ResumeTokenError.unknownDialect(200)) {
            try Self.openedStreams(Self.signed(options: [], dialect: 200))
        }
        let stream = Array("ticker.X".utf8)
        let one = Self.signer.sign([1, 1, 0, 1, 3, UInt8(stream.count)] + stream)
        #expect(throws: ResumeTokenError.unknownDialect(3)) { try Self.openedStreams(one) }
    }

    @Test func eachByteIsUnderTheSignature() throws {
        let bytes = try #require(Base64URL.decode(Self.golden))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(Self.failure(Base64URL.encode(changed)) == .forged)
        }
        for length in 0..<Self.golden.count {
            let error = try #require(Self.failure(String(Self.golden.prefix(length))))
            #expect(error == .forged || error == .malformed)
        }
    }

    /// Signed by ourselves, cut or changed before that: a fault of ours must not end the process.
    @Test func bytesThatMakeNoSenseAreRefusedHoweverTheyAreSigned() throws {
        let bytes = try Self.token().encoded(as: .two, keyID: "k1")
        for length in 1..<bytes.count {
            #expect(Self.failure(Self.signer.sign(Array(bytes.prefix(length)))) == .malformed)
        }
        #expect(Self.failure(Self.signer.sign(bytes + [0])) == .malformed)
        var random = SeededGenerator(seed: 2)
        for _ in 0..<5000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                changed[Int.random(in: 1..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = Self.failure(Self.signer.sign(changed))
        }
    }
}
