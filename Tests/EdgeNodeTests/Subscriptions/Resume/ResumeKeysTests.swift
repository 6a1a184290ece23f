import Core
import Crypto
import Platform
import Testing

@testable import EdgeNode

@Suite("The key of resume tokens can be changed, and no token is refused while nodes have the old and the new setting")
struct ResumeKeysTests {
    private static let old = "0123456789abcdef"
    private static let new = "fedcba9876543210"

    /// A node with this setting, as the settings make it.
    private static func node(_ keys: String, writing wire: WireVersion) throws -> ResumeTokenSigner {
        let settings = try ResolvedSettings.defaults(for: .edgeNode)
            .replacing(Settings.Clients.resumeTokenKey, with: keys)
            .replacing(Settings.Stores.wireVersion, with: wire)
        return ResumeTokenSigner(try EdgeNode.Configuration(settings, dialects: .tidegate))
    }

    private static func isTaken(from one: ResumeTokenSigner, by other: ResumeTokenSigner) throws -> Bool {
        let stream = try StreamName(canonical: "ticker.X")
        let subscription = ResumeToken.Subscription(stream: stream, dialect: .op)
        let text = try #require(one.issue(user: "", subscriptions: [subscription], at: 5))
        do throws(ResumeTokenError) {
            return try other.open(text, user: "", at: 6).subscriptions == [subscription]
        } catch {
            #expect(error == .forged)
            return false
        }
    }

    /// One node has the setting already, the other still the one before; clients go to and fro between them.
    @Test(arguments: WireVersion.allCases, [false, true])
    func aKeyIsChangedStepByStep(_ wire: WireVersion, fromOneWithoutAnID: Bool) throws {
        var steps = [
            "old:\(Self.old)", "old:\(Self.old),new:\(Self.new)", "new:\(Self.new),old:\(Self.old)", "new:\(Self.new)",
        ]
        if fromOneWithoutAnID { steps.insert(Self.old, at: 0) }
        let nodes = try steps.map { try Self.node($0, writing: wire) }
        for (before, after) in zip(nodes, nodes.dropFirst()) {
            #expect(try Self.isTaken(from: before, by: after))
            #expect(try Self.isTaken(from: after, by: before))
        }
        // And in the end the old one is good for nothing.
        #expect(try !Self.isTaken(from: nodes[0], by: nodes[nodes.count - 1]))
    }

    @Test func aNewKeyThatSignsBeforeAllNodesHaveItIsRefused() throws {
        let before = try Self.node("old:\(Self.old)", writing: .two)
        let after = try Self.node("new:\(Self.new),old:\(Self.old)", writing: .two)
        #expect(try !Self.isTaken(from: after, by: before))
        #expect(try Self.isTaken(from: before, by: after))
    }

    /// The id only says which key to try first.
    @Test func theIDsMayDifferFromNodeToNode() throws {
        let one = try Self.node("a:\(Self.old),b:\(Self.new)", writing: .two)
        let other = try Self.node("b:\(Self.old), a:\(Self.new)", writing: .two)
        #expect(try Self.isTaken(from: one, by: other) && Self.isTaken(from: other, by: one))
    }

    @Test(
        arguments: [
            ("0123456789abcdef", "one key without an id"),
            ("k1:0123456789abcdef", "k1, which signs"),
            ("k1:0123456789abcdef,k_2-B:0123456789abcde:", "k1, which signs, k_2-B"),
            (" k1:0123456789abcdef , k2:0123456789abcdef ", "k1, which signs, k2"),
            ("k1:0123456789abcdef,", "one key without an id"),
            ("k1:0123456789abcdef,k2:short", "one key without an id"),
            ("k1:0123456789abcdef,0123456789abcdef", "one key without an id"),
            (":0123456789abcdef", "one key without an id"),
            ("k.1:0123456789abcdef", "one key without an id"),
            ("12345678901234567:0123456789abcdef", "one key without an id"),
        ]
    )
    func whatIsNotWhollyOfTheFormIsOneKeyAsItStands(_ setting: String, _ words: String) throws {
        #expect(ResumeKeys(setting).words == words)
        let asOne = Self.signature(of: Self.signer(setting))
        #expect((asOne == Self.signature(under: setting)) == words.hasPrefix("one key"))
    }

    private static func signer(_ setting: String) -> ResumeTokenSigner {
        ResumeTokenSigner(secret: setting, lifetime: .seconds(600), maximumMessageBytes: 65_536)
    }

    private static func signature(of signer: ResumeTokenSigner) -> String { signer.sign([1]) }

    /// As releases before the ids made it.
    private static func signature(under key: String) -> String {
        let payload: [UInt8] = [1]
        let signed = Array("tidegate resume token\n".utf8) + payload
        let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Array(key.utf8)))
        return Base64URL.encode(payload + code)
    }
}
