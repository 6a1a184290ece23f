import FoundationEssentials
import Platform
import Testing

@Suite("Files have changed when a new version of all of them has stood still from one look to the next")
struct FileChangesTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "changes-\(UUID().uuidString)").path

    private var paths: [String] { ["one", "two"].map { "\(directory)/\($0)" } }

    private func write(_ text: String, to index: Int) throws {
        try Data(text.utf8).write(to: URL(filePath: paths[index]), options: .atomic)
    }

    private func with(_ body: (inout FileChanges) throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for index in 0...1 { try write("first", to: index) }
        var changes = FileChanges(FileChanges.signatures(of: paths))
        try body(&changes)
    }

    private func look(_ changes: inout FileChanges) -> FileChanges.Finding {
        changes.look(FileChanges.signatures(of: paths))
    }

    @Test func eachVersionIsToldOnceWhenItStandsStill() throws {
        try with { changes in
            #expect(look(&changes) == .nothing)
            try write("second", to: 0)
            #expect(look(&changes) == .nothing)
            // The other one comes later: it counts from then.
            try write("second", to: 1)
            #expect(look(&changes) == .nothing)
            #expect(look(&changes) == .changed)
            for _ in 0..<5 { #expect(look(&changes) == .nothing) }
        }
    }

    /// Its contents are as they were, but who could not read it may do so now.
    @Test func whoMayReadAFileIsPartOfItsVersion() throws {
        try with { changes in
            for mode in [0o000, 0o644] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: paths[0])
                #expect(look(&changes) == .nothing)
                #expect(look(&changes) == .changed)
            }
        }
    }

    @Test func aFileThatIsMissingIsToldOnceAndNotForAReplacement() throws {
        try with { changes in
            for _ in 0..<3 {
                try FileManager.default.removeItem(atPath: paths[1])
                for _ in 1..<FileChanges.patience { #expect(look(&changes) == .nothing) }
                #expect(look(&changes) == .missing)
                for _ in 0..<100 { #expect(look(&changes) == .nothing) }
                try write("again", to: 1)
                #expect(look(&changes) == .nothing)
                #expect(look(&changes) == .changed)
            }
        }
    }
}
