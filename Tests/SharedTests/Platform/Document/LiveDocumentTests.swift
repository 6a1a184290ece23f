import FoundationEssentials
import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Platform

@Suite("The document is read anew when its file changes, and a wrong one never takes the place of a right one")
struct LiveDocumentTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString)").path
    private let log = LinesLog()

    private var path: String { directory + "/document.yaml" }

    private static func yaml(_ names: String...) -> String {
        "version: 1\nshelves:\n" + names.map { "  - {name: \($0), size: 1}\n" }.joined()
    }

    /// A document over a file of its own.
    private func with(_ body: (LiveDocument) throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try write(Self.yaml("one"))
        try body(try open())
    }

    private func open() throws -> LiveDocument {
        try LiveDocument(path: path, sections: [ShelvesSection.self], environment: [:], logger: log.logger)
    }

    private func write(_ text: String, to name: String = "document.yaml") throws {
        try Data(text.utf8).write(to: URL(filePath: directory + "/" + name))
    }

    private func names(_ document: LiveDocument) -> [String]? {
        document.current[ShelvesSection.self]?.shelves.map(\.name)
    }

    @Test func aNewVersionHoldsWhenItHasStoodStillFromOneLookToTheNext() throws {
        try with { document in
            let heard = Mutex<[Int]>([])
            document.onChange { new in
                heard.withLock { $0.append(new[ShelvesSection.self]?.shelves.count ?? 0) }
            }
            try write(Self.yaml("one", "two"))
            document.look()
            #expect(names(document) == ["one"])
            document.look()
            #expect(names(document) == ["one", "two"])
            for _ in 0..<5 { document.look() }
            #expect(heard.withLock { $0 } == [2] && log.lines.count == 1)
        }
    }

    /// Half a file may be a document too.
    @Test func whatIsBeingWrittenIsNotRead() throws {
        try with { document in
            for count in 2...5 {
                try write(Self.yaml("one", "two") + String(repeating: "#\n", count: count))
                document.look()
                #expect(names(document) == ["one"])
            }
            document.look()
            #expect(names(document) == ["one", "two"])
        }
    }

    @Test func aWrongOneIsRefusedAndSaidOnceAndTheOldOneGoesOn() throws {
        try with { document in
            try write(Self.yaml("one") + "shelfes: []\n")
            for _ in 0..<5 { document.look() }
            #expect(names(document) == ["one"])
            #expect(log.lines.count == 1)
            #expect(log.lines.first?.contains("line 4: shelfes is not known; did you mean shelves?") == true)
            // Another version, and wrong again: said again.
            try write(Self.yaml("one") + "shelfs: []\n")
            for _ in 0..<5 { document.look() }
            #expect(log.lines.count == 2 && names(document) == ["one"])
            #expect(document.reloadFailures == 2)
            try write(Self.yaml("three"))
            for _ in 0..<2 { document.look() }
            #expect(names(document) == ["three"])
        }
    }

    /// What an alert asks for: as long as somebody has to mend it, however often it was looked at.
    @Test func aWrongOneIsToldUntilItIsMended() throws {
        func told(_ document: LiveDocument) -> Int {
            var snapshot = MetricsSnapshot()
            ProgramMetrics.add(to: &snapshot, program: .edgeNode, document: document)
            return snapshot[ProgramMetrics.documentRefused]
        }
        try with { document in
            #expect(told(document) == 0)
            for text in ["shelfes: []\n", "shelfs: []\n"] {
                try write(Self.yaml("one") + text)
                for _ in 0..<3 { document.look() }
                #expect(told(document) == 1)
            }
            try write(Self.yaml("one"))
            for _ in 0..<2 { document.look() }
            #expect(told(document) == 0, "also where it is what was there before")
        }
    }

    @Test func aFileThatIsAwayForAMomentIsNoError() throws {
        try with { document in
            try FileManager.default.removeItem(atPath: path)
            for _ in 1..<FileChanges.patience { document.look() }
            #expect(names(document) == ["one"] && log.lines.isEmpty)
            for _ in 0..<50 { document.look() }
            #expect(log.lines.count == 1 && log.lines[0].contains("is missing"), "only where it stays away, and once")
            try write(Self.yaml("two"))
            for _ in 0..<2 { document.look() }
            #expect(names(document) == ["two"])
        }
    }

    @Test func aFileThatIsPutInItsPlaceIsSeen() throws {
        try with { document in
            // Of the same length.
            try write(Self.yaml("two"), to: "new.yaml")
            #expect(rename(directory + "/new.yaml", path) == 0)
            for _ in 0..<2 { document.look() }
            #expect(names(document) == ["two"])
        }
    }

    /// As Kubernetes changes a ConfigMap: the file is a link through a folder that is a link.
    @Test func aLinkThatIsSetToAnotherFolderIsSeen() throws {
        try with { _ in
            let files = FileManager.default
            for (folder, name) in [("1", "one"), ("2", "two")] {
                try files.createDirectory(atPath: directory + "/" + folder, withIntermediateDirectories: true)
                try write(Self.yaml(name), to: folder + "/document.yaml")
            }
            try files.removeItem(atPath: path)
            try files.createSymbolicLink(atPath: directory + "/data", withDestinationPath: "1")
            try files.createSymbolicLink(atPath: path, withDestinationPath: "data/document.yaml")
            let document = try open()
            #expect(names(document) == ["one"])
            try files.createSymbolicLink(atPath: directory + "/data.new", withDestinationPath: "2")
            #expect(rename(directory + "/data.new", directory + "/data") == 0)
            for _ in 0..<2 { document.look() }
            #expect(names(document) == ["two"])
        }
    }

    @Test func itIsWatchedWhileItsUserRuns() async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try write(Self.yaml("one"))
        let document = try LiveDocument(
            path: path,
            sections: [ShelvesSection.self],
            environment: [:],
            interval: .milliseconds(5),
            logger: log.logger
        )
        let watching = document.watch()
        try write(Self.yaml("one", "two"))
        while names(document) == ["one"] { try await Task.sleep(for: .milliseconds(5)) }
        watching.cancel()
        await watching.value
        #expect(names(document) == ["one", "two"])
    }

    @Test func atTheStartAWrongOneIsAnError() throws {
        try with { _ in
            try write("version: 3")
            #expect(throws: DocumentError.self) { try open() }
            try FileManager.default.removeItem(atPath: path)
            let error = #expect(throws: DocumentError.self) { try open() }
            #expect(error?.lines(of: "/x.yaml") == "document /x.yaml: it can't be opened: No such file or directory")
        }
        let folder = #expect(throws: DocumentError.self) {
            try LiveDocument(path: "/usr", sections: [], environment: [:], logger: log.logger)
        }
        #expect(folder?.description == "it can't be read: is it a file?")
    }

    @Test func tooLargeAFileIsRefused() throws {
        try with { document in
            try write(Self.yaml("two") + String(repeating: "# no end\n", count: 200_000))
            for _ in 0..<2 { document.look() }
            #expect(names(document) == ["one"] && log.lines.first?.contains("longer than 1 MiB") == true)
        }
    }

    @Test func withoutAFileThereIsAnEmptyDocument() async throws {
        let document = try LiveDocument(path: nil, sections: [ShelvesSection.self], logger: log.logger)
        document.look()
        await document.run()
        #expect(document.current.sectionKeys == [] && log.lines.isEmpty)
    }
}

/// A log whose lines a test reads: message and metadata in one string.
private struct LinesLog: LogHandler {
    private let inbox = Inbox<String>()
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    var logger: Logger { Logger(label: "test") { _ in self } }
    var lines: [String] { inbox.elements }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        inbox.append([
            ([event.message.description] + (event.metadata ?? [:]).map { "\($0)=\($1)" }).joined(separator: " ")
        ])
    }
}
