import Core
import NIOCore
import Stores
import Testing

@Suite("What is sent to a gateway by hand is heeded only where it is signed, for this channel, and lately")
struct ControlSignerTests {
    private static let key = "0123456789abcdef0123456789abcdef"
    private static let other = "fedcba9876543210fedcba9876543210"
    private static let now: Int64 = 1_700_000_000_000
    private static let nonce = ControlNonce(high: 0x0011_2233_4455_6677, low: 0x8899_AABB_CCDD_EEFF)
    private static let body = #"{"op":"hello"}"#
    private static let code = "uZ-12ljDVIxx8sIt4uLdcnl7tT-E1xAkxHmX5oSXoow"
    /// As another program would make it from the documented form.
    private static let golden =
        #"{"version":1,"key":"k1","time":1700000000000,"nonce":"00112233445566778899aabbccddeeff","#
        + #""body":{"op":"hello"},"mac":""#
        + code + #""}"#

    private static func signer(_ setting: String = "k1:\(key)") throws -> ControlSigner {
        try #require(ControlSigner(setting))
    }

    private static func failure(
        _ message: String,
        _ setting: String = "k1:\(key)",
        on channel: ControlChannel = .inbox,
        at now: Int64 = now
    ) throws -> ControlRefusal? {
        let signer = try signer(setting)
        do throws(ControlRefusal) {
            _ = try signer.open(ByteBuffer(string: message), of: channel, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test func theFormIsTheDocumentedOne() throws {
        let signer = try Self.signer()
        let message = signer.sign(ByteBuffer(string: Self.body), for: .inbox, nonce: Self.nonce, at: Self.now)
        #expect(String(buffer: message) == Self.golden)
        let opened = try signer.open(message, of: .inbox, at: Self.now)
        #expect(opened.nonce == Self.nonce && opened.time == Self.now && String(buffer: opened.body) == Self.body)
    }

    @Test(arguments: [
        ("another body", golden.replacing("hello", with: "hellO")),
        ("another time", golden.replacing("1700000000000", with: "1700000000001")),
        ("another nonce", golden.replacing("eeff", with: "eefe")),
        ("another code", golden.replacing(#""mac":"u"#, with: #""mac":"_"#)),
        ("white space in the body", golden.replacing(#"{"op""#, with: #"{ "op""#)),
        ("a body of its own behind the signed one", golden.replacing(#","mac""#, with: #","body":{"op":"x"},"mac""#)),
    ])
    func whatWasChangedIsForged(_ what: String, _ message: String) throws {
        #expect(try Self.failure(message) == .forged, "\(what)")
    }

    @Test func whatIsSignedForOneChannelIsNothingOnAnother() throws {
        for channel in ControlChannel.allCases where channel != .inbox {
            #expect(try Self.failure(Self.golden, on: channel) == .forged)
        }
    }

    @Test(arguments: [
        golden.replacing(#","mac":"\#(code)""#, with: ""), golden.replacing(#""version":1"#, with: #""version":2"#),
        golden.replacing("00112233", with: "0011223"), golden.replacing("aabb", with: "AABB"), Self.body,
        golden.replacing(#""key":"k1","#, with: ""), golden.replacing(code, with: "AAAA"),
    ])
    func whatLacksAPartIsUnsigned(_ message: String) throws {
        #expect(try Self.failure(message) == .unsigned)
    }

    @Test(arguments: ["", "{", "[]", golden + "x", golden.replacing(body, with: "1")])
    func whatIsNoMessageIsUnreadable(_ message: String) throws {
        guard case .unreadable = try Self.failure(message) else {
            Issue.record("\(message) was read")
            return
        }
    }

    @Test(
        arguments: [
            (0, nil), (60_000, nil), (-60_000, nil), (60_001, .stale(ageMilliseconds: 60_001)),
            (-60_001, .stale(ageMilliseconds: -60_001)),
        ] as [(Int64, ControlRefusal?)]
    )
    func itIsGoodForAMinuteEachWay(_ age: Int64, _ expected: ControlRefusal?) throws {
        #expect(try Self.failure(Self.golden, at: Self.now + age) == expected)
    }

    @Test func whatIsTooLongIsNotLookedAt() throws {
        let long = String(repeating: " ", count: ControlSigner.maximumLength) + Self.golden
        #expect(try Self.failure(long) == .tooLong(bytes: long.utf8.count))
    }

    @Test func theFirstKeySignsAndAllAreTaken() throws {
        let rotated = try Self.signer("k2:\(Self.other),k1:\(Self.key)")
        #expect(try Self.failure(Self.golden, "k2:\(Self.other),k1:\(Self.key)") == nil)
        // An id says what to try first, and nothing else.
        #expect(try Self.failure(Self.golden, "k1:\(Self.other),k2:\(Self.key)") == nil)
        #expect(try Self.failure(Self.golden, Self.key) == nil)
        let signed = rotated.sign(ByteBuffer(string: Self.body), for: .inbox, nonce: Self.nonce, at: Self.now)
        #expect(try Self.failure(String(buffer: signed)) == .forged)
        #expect(try Self.failure(String(buffer: signed), Self.other) == nil)
        #expect(rotated.words == "k2, which signs, k1")
    }

    @Test(arguments: [nil, "", "short", "k1:\(key),k2:short"] as [String?])
    func withoutAKeyThatCanSignThereIsNoSigner(_ setting: String?) {
        #expect(ControlSigner(setting)?.words == nil)
    }

    @Test func noncesAreDifferentAndReadAgain() {
        let nonces = Set((0..<1000).map { _ in ControlNonce.random() })
        #expect(nonces.count == 1000)
        for nonce in nonces { #expect(ControlNonce(nonce.description) == nonce) }
    }
}
