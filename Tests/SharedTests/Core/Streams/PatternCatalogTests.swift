import Core
import Testing

@Suite("Configured kinds of streams say what their names are")
struct PatternCatalogTests {
    private let catalog: PatternCatalog

    init() throws {
        catalog = PatternCatalog([
            StreamKind(try StreamPattern("heat.{1..9}.{word}"), .event, retainedEntries: 7),
            StreamKind(try StreamPattern("heat.all"), .latest, access: .owner("u")),
            StreamKind(try StreamPattern("news.{word}"), .event),
        ])
    }

    @Test(
        arguments: [
            ("heat.3.berlin", DialectID.op, "heat.3.berlin"), ("heat:3:berlin", .op, "heat.3.berlin"),
            ("heat.9.a_b-C", .action, "heat.9.a_b-C"), ("heat.all", .action, "heat.all"), ("news:de", .op, "news.de"),
            ("news.de", DialectID(number: 200), "news.de"),
        ]
    )
    func aSpelling(_ spelling: String, in dialect: DialectID, names canonical: String) throws {
        let stream = try catalog.resolve(spelling, in: dialect)
        #expect(stream.name.canonical == canonical)
        #expect(stream.presentation.name(in: dialect) == canonical)
        #expect(catalog.descriptor(of: stream.name) == stream)
    }

    @Test func aKindSaysWhatItsStreamsAre() throws {
        let heat = try catalog.resolve("heat.3.berlin", in: .op)
        #expect(heat.deliveryClass == .event && heat.access == .everybody && heat.retainedEntries == 7)
        #expect(heat.presentation.subject == "berlin" && heat.presentation.source == "heat")
        let all = try catalog.resolve("heat.all", in: .op)
        #expect(all.deliveryClass == .latest && all.access == .owner("u") && all.retainedEntries == nil)
    }

    @Test(
        arguments: [
            ("heat.0.x", invalid("heat.0.x")), ("heat.10.x", invalid("heat.10.x")), ("heat.03.x", invalid("heat.03.x")),
            ("heat.+3.x", invalid("heat.+3.x")), ("heat.3", invalid("heat.3")), ("heat.3.", invalid("heat.3.")),
            ("heat.3.*", invalid("heat.3.*")), ("heat.3.x.y", invalid("heat.3.x.y")),
            ("cold.3.x", .unknownType("cold", expected: ["heat", "news"])),
            ("", .unknownType("", expected: ["heat", "news"])),
        ] as [(String, StreamNameError)]
    )
    func anything(_ spelling: String, elseIsRefusedInWords error: StreamNameError) {
        #expect(throws: error) { try catalog.resolve(spelling, in: .action) }
    }

    private static func invalid(_ text: String) -> StreamNameError {
        .invalid("Invalid heat stream: \(text). Expected one of ['heat.{1..9}.{word}', 'heat.all']")
    }

    @Test(arguments: [
        ("heat", "it needs two parts at least, with a dot in between, like 'heat.{word}'"),
        ("", "it needs two parts at least, with a dot in between, like 'heat.{word}'"),
        ("{word}.x", "it must begin with a word of its own, like 'heat', by which its streams are told apart"),
        ("heat..x", "its part '' is not made of letters, digits, - and _"),
        ("heat.a*", "its part 'a*' is not made of letters, digits, - and _"),
        ("heat.{1..9", "'{1..9' is not closed by a brace"),
        ("heat.{name}", "'{name}' is neither {word} nor a range of whole numbers, like {1..9}"),
        ("heat.{1..x}", "'{1..x}' is neither {word} nor a range of whole numbers, like {1..9}"),
        ("heat.{9..1}", "the range '{9..1}' ends before it begins"),
        ("heat.{word}s", "'{word}s' is not closed by a brace"),
    ])
    func aPattern(_ text: String, thatIsNoneIsRefusedBecause reason: String) {
        let error = #expect(throws: StreamPattern.Malformed.self) { try StreamPattern(text) }
        #expect(error?.description == "'\(text)' is no pattern of stream names: \(reason)")
    }
}
