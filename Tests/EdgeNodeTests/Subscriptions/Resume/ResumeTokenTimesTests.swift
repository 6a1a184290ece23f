import Core
import Testing

@testable import EdgeNode

@Suite("A resume token says whose frames told times: in version 2, which is written for them whatever is set")
struct ResumeTokenTimesTests {
    private static let now: Int64 = 1_700_000_000_123

    /// Made by another program (Python's hmac and base64) from the layout that the code describes.
    private static let golden =
        "AgJrMfvQlf-8MQVhbGljZQIACA50aWNrZXIuQlRDVVNEVAesAgIBAAEADXRyYWRlLkVUSFVTRFQAjZsJ9fOo1O0iTk-qogtLqdnTq_UXuwrEAOH5yx--Xr8"

    private static func signer(writing wire: WireVersion = .one) -> ResumeTokenSigner {
        ResumeTokenSigner(
            secret: "k1:0123456789abcdef",
            lifetime: .seconds(600),
            maximumMessageBytes: 65_536,
            writing: wire
        )
    }

    private static func subscriptions(tellTimes: Bool = true) throws -> [ResumeToken.Subscription] {
        [
            ResumeToken.Subscription(
                stream: try StreamName(canonical: "ticker.BTCUSDT"),
                dialect: .op,
                position: Position(epoch: 7, sequence: 300),
                tellsTimes: tellTimes
            ),
            ResumeToken.Subscription(stream: try StreamName(canonical: "trade.ETHUSDT"), dialect: .action),
        ]
    }

    @Test(arguments: WireVersion.allCases)
    func hasTheFormThatOtherReleasesRead(_ wire: WireVersion) throws {
        let signer = Self.signer(writing: wire)
        let subscriptions = try Self.subscriptions()
        #expect(signer.issue(user: "alice", subscriptions: subscriptions, at: Self.now) == Self.golden)
        let token = try signer.open(Self.golden, user: "alice", at: Self.now)
        #expect(token == ResumeToken(user: "alice", issuedAt: Self.now, subscriptions: subscriptions))
    }

    @Test(arguments: WireVersion.allCases)
    func whereNobodyHasAskedTheVersionIsTheOneThatIsSet(_ wire: WireVersion) throws {
        let subscriptions = try Self.subscriptions(tellTimes: false)
        let text = try #require(Self.signer(writing: wire).issue(user: "", subscriptions: subscriptions, at: Self.now))
        let bytes = try #require(Base64URL.decode(text))
        #expect(bytes.first == wire.number)
    }

    /// A later release may say more, in front of it, behind it and in it.
    @Test(
        arguments: [
            ([], false), ([9, 0], false), ([2, 1, 1], false), ([1, 0], true), ([1, 2, 7, 7], true), ([1, 1, 0], true),
            ([9, 1, 1, 1, 0], true), ([1, 0, 9, 0], true), ([1, 0, 1, 0], true),
        ] as [([UInt8], Bool)]
    )
    func isFoundAmongOtherOptions(_ options: [UInt8], _ tellsTimes: Bool) throws {
        let stream = Array("ticker.X".utf8)
        let signer = Self.signer()
        let text = signer.sign([2, 0, 1, 0, 1, 0, 0, UInt8(stream.count)] + stream + [UInt8(options.count)] + options)
        #expect(try signer.open(text, user: "", at: 1).subscriptions.map(\.tellsTimes) == [tellsTimes])
    }
}
