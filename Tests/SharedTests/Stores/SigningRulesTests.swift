import Composition
import Core
import Platform
import Stores
import Testing

@Suite("What can't be signed is refused at the start, in words")
struct SigningRulesTests {
    private static func refusal(_ streams: String, key: String = "PRIVATE", wire: WireVersion = .two) throws -> String?
    {
        let document = try Document(
            yaml: """
                version: 1
                streams:
                  - {name: "heat.{1..9}.{word}", class: delta}
                  - {name: "typing.{word}", class: transient}
                  - {name: "alerts.{word}", class: event}
                signing:
                  streams: ["\(streams)"]
                  keys: [{id: k, key: {env: \(key)}}]
                """,
            sections: [StreamsSection.self, SigningSection.self],
            environment: [
                "PRIVATE": """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
                -----END PRIVATE KEY-----
                """,
                "PUBLIC": """
                -----BEGIN PUBLIC KEY-----
                MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
                -----END PUBLIC KEY-----
                """,
            ]
        )
        let section = try #require(document[SigningSection.self])
        do throws(SigningError) {
            try Signing.check(section, document[StreamsSection.self]?.kinds ?? [], wire)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        "alerts.{word}", "alerts.x", "orders.{word}", "ticker.{word}", "depth.1.{word}", "depth.{1..49}.X",
        "heat.{word}",
        "heat.{10..20}.{word}",
    ])
    func whatCanBeSigned(_ streams: String) throws { #expect(try Self.refusal(streams) == nil) }

    @Test(arguments: [
        ("heat.{word}.{word}", "heat.{1..9}.{word}"), ("heat.3.x", "heat.{1..9}.{word}"),
        ("heat.{9..20}.{word}", "heat.{1..9}.{word}"), ("typing.x", "typing.{word}"),
        ("depth.{word}.{word}", "depth.50.{word}"), ("depth.200.BTCUSDT", "depth.200.{word}"),
    ])
    func whatCannotIsNamedWithItsLine(_ streams: String, _ other: String) throws {
        #expect(
            try Self.refusal(streams)
                == "line 7: signing.streams[0] in the document, \(streams), has streams of \(other), which can't be signed: "
                + "only those of class latest and event can"
        )
    }

    @Test func recordsMustHaveRoomAndTheFirstKeyMustSign() throws {
        #expect(try Self.refusal("alerts.x", wire: .one)?.contains("WIRE_VERSION must be 2") == true)
        #expect(try Self.refusal("alerts.x", key: "PUBLIC")?.contains("is the public half of a key") == true)
    }
}
