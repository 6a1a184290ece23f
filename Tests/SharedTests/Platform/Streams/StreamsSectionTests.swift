import Core
import FoundationEssentials
import Logging
import Testing

@testable import Platform

@Suite("The document's section `streams` says which kinds of streams there are beside the exchange's")
struct StreamsSectionTests {
    private static func problems(_ streams: String) -> [String] {
        do throws(DocumentError) {
            _ = try Document(
                yaml: "version: 1\nstreams:\n\(streams)",
                sections: [StreamsSection.self],
                environment: [:]
            )
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func kindsAreRead() throws {
        let document = try Document(
            yaml: """
                version: 1
                streams:
                  - name: heat.{1..9}.{word}
                    class: event
                    access: public
                    keep: 500
                  - name: level.{word}
                    class: latest
                """,
            sections: [StreamsSection.self],
            environment: [:]
        )
        #expect(
            document[StreamsSection.self]?.kinds == [
                StreamKind(try StreamPattern("heat.{1..9}.{word}"), .event, retainedEntries: 500),
                StreamKind(try StreamPattern("level.{word}"), .latest),
            ]
        )
    }

    @Test(
        arguments: [
            ("  - {class: event}", "line 3: streams[0] lacks 'name'"),
            ("  - name: heat.{word}", "line 3: streams[0] lacks 'class'"),
            ("  - name: heat.{word}\n    clas: event", "line 4: streams[0].clas is not known; did you mean class?"),
            (
                "  - name: heat.{word}\n    class: evnt",
                #"line 4: streams[0].class is "evnt"; did you mean event?"#
            ),
            (
                "  - name: heat.{word}\n    class: event\n    access: private",
                #"line 5: streams[0].access is "private"; give one of public"#
            ),
            (
                "  - name: heat.{word}\n    class: event\n    keep: 0",
                "line 5: streams[0].keep is not a whole number from 1 to 100000"
            ),
            (
                "  - name: heat.{word}\n    class: event\n  - name: heat.{word}\n    class: latest",
                "line 5: streams[1].name is there twice"
            ),
        ]
    )
    func aMistakeIsToldWithItsLine(_ streams: String, _ problem: String) {
        #expect(Self.problems(streams).contains(problem), "\(Self.problems(streams))")
    }

    @Test(arguments: ["heat", "heat.{9..1}", "heat.{number}", "{word}.x", "heat..x", "heat.{1..2", "heat.ü"])
    func whatIsNoPatternIsToldWithItsReason(_ name: String) {
        let problems = Self.problems("  - {class: event, name: \"\(name)\"}")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("line 3: streams[0].name makes no sense: '\(name)' is no pattern") == true)
    }

    @Test func aNewVersionOfTheDocumentIsANewCatalog() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "streams-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func write(_ name: String) throws {
            try Data("version: 1\nstreams:\n  - {name: \"\(name)\", class: event}\n".utf8).write(
                to: URL(filePath: path)
            )
        }
        try write("heat.{1..9}")
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let document = try LiveDocument(path: path, sections: [StreamsSection.self], environment: [:], logger: quiet)
        let catalog = DocumentCatalog(document)
        #expect(try catalog.resolve("heat.3", in: .op).deliveryClass == .event)
        #expect(throws: StreamNameError.self) { try catalog.resolve("cold.3", in: .op) }
        try write("cold.{1..9}")
        for _ in 0..<2 { document.look() }
        #expect(try catalog.resolve("cold.3", in: .op).name.canonical == "cold.3")
        #expect(throws: StreamNameError.self) { try catalog.resolve("heat.3", in: .op) }
        #expect(catalog.typeNames == ["cold"])
    }

    @Test func withoutASectionThereAreNone() throws {
        let document = try LiveDocument(path: nil, sections: [], logger: Logger(label: "test"))
        #expect(DocumentCatalog(document).typeNames == [])
    }
}
