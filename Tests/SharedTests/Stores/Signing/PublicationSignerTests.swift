import Core
import Logging
import NIOCore
import Platform
import Testing

@testable import Stores

@Suite("A publication is signed by its origin, under the numbers that it is delivered with")
struct PublicationSignerTests {
    /// Made by Python's `cryptography`, of the bytes 0 to 31.
    static let privateKey = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
        -----END PRIVATE KEY-----

        """
    static let publicKey = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
        -----END PUBLIC KEY-----
        """
    private static let x = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"
    /// Of `tidegate-sig-1`, `orders.u1`, 7, 300, 1704063600000 and `{"a":1}`, by the same.
    private static let golden =
        "k1.F1yArBY_KJwrnrfP5vO-j_XpDFzUGU2DdjPPqk_bDw7STPKnVz635sag76vaC4syrv-W6pCUGUTTKHQhIsrRCw"

    private static let kinds = [
        ("orders.{word}", DeliveryClass.event), ("board.{word}", .latest), ("book.{word}", .delta),
    ]

    private static func signer(_ streams: String = "orders.{word}") throws -> PublicationSigner {
        let document = try document(
            "['\(streams.replacing(", ", with: "', '"))']",
            "[{id: k1, key: {env: KEY}}]",
            ["KEY": privateKey]
        )
        let section = try #require(document[SigningSection.self])
        let catalog = PatternCatalog(
            try kinds.map { pattern, deliveryClass in StreamKind(try StreamPattern(pattern), deliveryClass) }
        )
        return PublicationSigner(
            section,
            catalog: catalog,
            logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func document(
        _ streams: String,
        _ keys: String,
        _ environment: [String: String]
    ) throws(DocumentError) -> Document {
        let yaml = "version: 1\nsigning:\n  streams: \(streams)\n  keys: \(keys)\n"
        return try Document(yaml: yaml, sections: [SigningSection.self], environment: environment)
    }

    private static func publication(
        _ stream: String = "orders.u1",
        epoch: UInt64 = 7,
        kind: Publication.Kind = .update
    ) throws -> Publication {
        Publication(
            stream: try StreamName(canonical: stream),
            position: Position(epoch: epoch, sequence: 300),
            kind: kind,
            exchangeTime: 1_704_063_600_000,
            ingestTime: 1,
            data: ByteBuffer(string: #"{"a":1}"#)
        )
    }

    private static func signature(_ publication: Publication, streams: String = "orders.{word}") throws -> String? {
        var batch = [publication]
        try signer(streams).sign(&batch)
        return batch[0].signature?.text
    }

    @Test func theSignatureIsTheDocumentedOne() throws {
        #expect(try Self.signature(Self.publication()) == Self.golden)
        // Of the type nothing is said: whoever joins gets the same as a snapshot.
        #expect(try Self.signature(Self.publication(kind: .snapshot)) == Self.golden)
    }

    @Test func itIsOfThePublicationAndNothingElse() throws {
        let changed: [(inout Publication) -> Void] = [
            { $0.position = Position(epoch: 8, sequence: 300) }, { $0.position = Position(epoch: 7, sequence: 301) },
            { $0.exchangeTime += 1 }, { $0.data = ByteBuffer(string: #"{"a":2}"#) },
        ]
        for change in changed {
            var publication = try Self.publication()
            change(&publication)
            let signature = try Self.signature(publication)
            #expect(signature != nil && signature != Self.golden)
        }
        let other = try Self.signature(Self.publication("orders.u2"))
        #expect(other != nil && other != Self.golden)
    }

    @Test func anotherTermsSignatureIsReplaced() throws {
        var batch = [try Self.publication(epoch: 6)]
        let signer = try Self.signer()
        signer.sign(&batch)
        batch[0].position = Position(epoch: 7, sequence: 300)
        signer.sign(&batch)
        #expect(batch[0].signature?.text == Self.golden)
    }

    @Test(arguments: [
        ("board.x", Publication.Kind.update, true), ("board.x", .gap(.upstream), false), ("book.x", .update, false),
        ("orders.x", .update, false), ("nothing.x", .update, false),
    ])
    func whatElseIsSigned(_ stream: String, _ kind: Publication.Kind, _ isSigned: Bool) throws {
        let streams = "board.{word}, book.{word}, nothing.{word}"
        #expect(try (Self.signature(Self.publication(stream, kind: kind), streams: streams) != nil) == isSigned)
    }

    @Test func nodesNeedThePublicHalfOnly() throws {
        let keys = "[{id: k1, key: {env: PRIVATE}}, {id: k0, key: {env: PUBLIC}}]"
        let environment = ["PRIVATE": Self.privateKey, "PUBLIC": Self.publicKey]
        let section = try #require(try Self.document("['a.{word}']", keys, environment)[SigningSection.self])
        #expect(section.keys.map(\.id) == ["k1", "k0"] && section.keys.map(\.canSign) == [true, false])
        #expect(section.keys.allSatisfy { Base64URL.encode($0.publicKey) == Self.x })
        #expect("\(section.keys[0])" == "the key k1" && String(reflecting: section.keys[0]) == "the key k1")
    }

    @Test(
        arguments: [
            ("['a.{word}']", "[]", "line 4: signing.keys has 0 keys; give 1 to 16"),
            ("['a.{word}']", "[{id: k.1, key: {env: KEY}}]", "is not made of 1 to 64 letters, digits, - and _"),
            ("['a.{word}']", "[{id: k, key: {env: KEY}}, {id: k, key: {env: KEY}}]", "is there twice"),
            ("['a.{word}']", "[{id: k, key: {env: OTHER}}]", "is no Ed25519 key in PEM"),
            ("['a.{word}']", "[{id: k, key: secret}]", "is a secret, which never stands here as text"),
            ("[a]", "[{id: k, key: {env: KEY}}]", "line 3: signing.streams[0] makes no sense"),
        ]
    )
    func whatIsWrongIsSaidWithItsLine(_ streams: String, _ keys: String, _ words: String) {
        let environment = ["KEY": Self.privateKey, "OTHER": Self.privateKey.replacing("BCIE", with: "BCIF")]
        do throws(DocumentError) {
            _ = try Self.document(streams, keys, environment)
            Issue.record("\(streams) \(keys) was taken")
        } catch {
            #expect(error.description.contains(words), "\(error)")
            #expect(!error.description.contains("MC4CAQ"))
        }
    }
}
