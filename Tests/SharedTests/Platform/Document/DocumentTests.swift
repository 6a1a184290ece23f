import FoundationEssentials
import TestSupport
import Testing

@testable import Platform

@Suite("The document is read whole, or refused with the line of each thing that is wrong")
struct DocumentTests {
    private static func read(_ yaml: String, _ environment: [String: String] = [:]) throws(DocumentError) -> Document {
        try Document(yaml: yaml, sections: [ShelvesSection.self, OwnerSection.self], environment: environment)
    }

    private static func problems(_ yaml: String, _ environment: [String: String] = [:]) -> [String] {
        do throws(DocumentError) {
            _ = try read(yaml, environment)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func whatIsRightIsRead() throws {
        let document = try Self.read(
            """
            # A comment.
            version: 1
            shelves:
              - name: one.{1..9}.{word}
                size: 3
                kind: open
              - {name: "two: # and no comment", size: 100}
            """
        )
        let shelves = try #require(document[ShelvesSection.self]).shelves
        #expect(shelves.map(\.name) == ["one.{1..9}.{word}", "two: # and no comment"])
        #expect(shelves.map(\.size) == [3, 100] && shelves.map(\.isOpen) == [true, false])
        #expect(document[OwnerSection.self] == nil)
        #expect(document.sectionKeys == ["shelves"])
        #expect(try Self.read("version: 1\n").sectionKeys == [])
        #expect(Document().sectionKeys == [])
    }

    private static let mistakes: [(yaml: String, problems: [String])] = [
        ("", ["it is empty; it begins with 'version: 1'"]),
        ("# nothing\n", ["it is empty; it begins with 'version: 1'"]),
        ("just words", ["line 1: it is not a mapping; it begins with 'version: 1'"]),
        ("- version: 1", ["line 1: it is not a mapping; it begins with 'version: 1'"]),
        ("shelves: []", ["line 1: the document lacks 'version'"]),
        ("version: 2", ["line 1: version is not 1, which is what this release reads"]),
        ("version:", ["line 1: version is empty; give a text"]),
        ("version: 1\nshelfes: []\n", ["line 2: shelfes is not known; did you mean shelves?"]),
        ("version: 1\n\nzebra: []\n", ["line 3: zebra is not known; known are version, shelves, owner"]),
        ("version: 1\nversion: 1\n", ["line 1: the mapping has a key twice: version"]),
        ("version: 1\nshelves:\n", ["line 2: shelves is empty; give a list, with '- ' before each entry"]),
        ("version: 1\nshelves: {}\n", ["line 2: shelves is a mapping; give a list, with '- ' before each entry"]),
        (
            "version: 1\nshelves:\n  - wood\n",
            ["line 3: shelves[0] is one value; give a mapping, with name, size, kind"]
        ),
        (
            // Everything at once, in all sections.
            """
            version: 1
            shelves:
              - nane: a
                size: 1
              - name: b
                size: 101
              - name: c
                size: 2
                kind: opem
              - name: [d]
                size: 2
            owner: {key: text of a secret}
            """,
            [
                "line 3: shelves[0].nane is not known; did you mean name?", "line 3: shelves[0] lacks 'name'",
                "line 6: shelves[1].size is not a whole number from 1 to 100",
                #"line 9: shelves[2].kind is "opem"; did you mean open?"#,
                "line 10: shelves[3].name is a list; give a text",
                "line 12: owner.key is a secret, which never stands here as text: give {env: NAME} or {file: PATH}",
            ]
        ),
    ]

    @Test(arguments: mistakes.indices)
    func eachMistakeIsToldWithItsLine(_ index: Int) {
        #expect(Self.problems(Self.mistakes[index].yaml) == Self.mistakes[index].problems)
    }

    @Test(arguments: [
        "version: 1\nshelves: [1, 2", "version: 1\n\tshelves: []", "version: 1\n---\nversion: 1", "a: b: c",
    ])
    func whatIsNoYAMLIsOneLineWithoutTheTextOfTheFile(_ yaml: String) {
        let problems = Self.problems(yaml)
        #expect(problems.count == 1 && problems[0].contains("it is not YAML"), "\(problems)")
        #expect(!problems[0].contains("shelves") && !problems[0].contains("\n"))
    }

    /// A broken version of the file must not end a process that runs.
    @Test func aDocumentOfBracketsIsRefused() {
        #expect(!Self.problems("version: 1\nshelves: " + String(repeating: "[", count: 200_000)).isEmpty)
    }

    @Test func noDocumentWhateverItsBytesEndsTheProcess() {
        let whole = Array(
            "version: 1\nshelves:\n  - {name: &a x, size: 3}\n  - name: *a\n    size: !!int 3\nowner: {key: {env: K}}\n"
                .utf8
        )
        var random = SeededGenerator(seed: 9)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let punctuation = Array("{}[]:-&*!|>'\"%@#?,\n\t ".utf8)
                bytes[Int.random(in: bytes.indices, using: &random)] = punctuation.randomElement(using: &random) ?? 0
            }
            _ = Self.problems(String(decoding: bytes, as: UTF8.self), ["K": "secret"])
        }
    }

    @Test func aSecretIsNamedAndNotPrinted() throws {
        let document = try Self.read("version: 1\nowner: {key: {env: OWNER_KEY}}", ["OWNER_KEY": "very secret"])
        let secret = try #require(document[OwnerSection.self]).key
        #expect(secret.value == "very secret")
        #expect("\(secret)" == "the variable OWNER_KEY" && String(reflecting: secret) == "the variable OWNER_KEY")
    }

    @Test func aSecretMayStandInAFile() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("very secret\n".utf8).write(to: URL(filePath: path))
        let document = try Self.read("version: 1\nowner: {key: {file: \(path)}}")
        #expect(document[OwnerSection.self]?.key.value == "very secret")
        try Data("\n".utf8).write(to: URL(filePath: path))
        #expect(Self.problems("version: 1\nowner: {key: {file: \(path)}}").first?.hasSuffix("which is empty") == true)
    }

    @Test(
        arguments: [
            ("secret-text", "is a secret, which never stands here as text: give {env: NAME} or {file: PATH}"),
            ("[secret-text]", "is a secret, which never stands here as text: give {env: NAME} or {file: PATH}"),
            ("{}", "is a secret: give one of {env: NAME} and {file: PATH}"),
            ("{env: A, file: B}", "is a secret: give one of {env: NAME} and {file: PATH}"),
        ]
    )
    func aSecretThatStandsThereIsRefusedAndNotRepeated(_ value: String, _ reason: String) {
        #expect(Self.problems("version: 1\nowner:\n  key: \(value)\n") == ["line 3: owner.key \(reason)"])
    }

    @Test(
        arguments: [
            ("{env: NOBODY}", #"owner.key.env names the variable "NOBODY", which is not set"#),
            ("{file: /nowhere/x}", #"owner.key.file names the file "/nowhere/x", which can't be read"#),
            ("{vault: x}", "owner.key.vault is not known; known are env, file"),
        ]
    )
    func aSecretThatIsNotThereIsToldByItsPlace(_ value: String, _ reason: String) {
        #expect(Self.problems("version: 1\nowner:\n  key: \(value)\n") == ["line 3: \(reason)"])
    }
}
