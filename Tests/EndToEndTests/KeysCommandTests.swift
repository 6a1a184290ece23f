import Crypto
import FoundationEssentials
import TestSupport
import Testing

/// `tidegate keys` as an operator meets it.
@Suite struct KeysCommandTests {
    @Test("It shows a new key once, and the lines that the document takes")
    func newKey() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await Scenario.run(lanes: 0) { scenario in
            let tool = try BuiltProducts.executable("tidegate")
            var keys: Set<String> = []
            var entries: [String] = []
            for name in ["charts", "desk_2"] {
                let process = try scenario.start(tool, ["keys", "new", name])
                #expect(try await process.exit() == .status(0), "\(process.tail)")
                let lines = process.snapshot.lines
                let key = try #require(lines.first)
                #expect(key.hasPrefix("tg_") && lines.count { $0.contains(key) } == 1, "\(process.tail)")
                let digest = SHA256.hash(data: Array(key.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                #expect(lines.suffix(2) == ["  - id: \(name)", "    sha256: \(digest.joined())"], "\(process.tail)")
                keys.insert(key)
                entries += lines.suffix(2)
            }
            #expect(keys.count == 2)
            try Data("version: 1\nkeys:\n\(entries.joined(separator: "\n"))\n".utf8).write(to: URL(filePath: path))
            let check = try scenario.start(tool, ["settings", "--check"], environment: ["TIDEGATE_DOCUMENT": path])
            #expect(try await check.exit() == .status(0), "\(check.tail)")
            #expect(check.snapshot.lines.last == "the document \(path) is right: keys", "\(check.tail)")
        }
    }

    @Test("A name that can't stand in the document is refused", arguments: ["a b", "", "ключ"])
    func wrongName(name: String) async throws {
        try await Scenario.run(lanes: 0) { scenario in
            let process = try scenario.start(BuiltProducts.executable("tidegate"), ["keys", "new", name])
            #expect(try await process.exit() == .status(64), "\(process.tail)")
            #expect(process.snapshot.errorLines.first?.hasPrefix("Error: NAME must be") == true, "\(process.tail)")
        }
    }
}
