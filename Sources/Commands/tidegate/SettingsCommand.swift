import ArgumentParser
import Composition
import EdgeComposition
import EdgeNode
import Logging
import NIOPosix
import Platform
import Stores

/// `tidegate settings`: the table of settings, as `docs/settings.md` has it, or a check of those that a program here would have.
struct SettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Print all settings with their defaults, units and meaning, or check those that are set.",
        discussion: """
            With --check the settings of the environment, of the file that TIDEGATE_CONFIG names, the document that \
            TIDEGATE_DOCUMENT names, and the files of keys and certificates are read as a program would read them at its \
            start. What is wrong is told, one line each, and the status is 2. What can be run and is hardly meant so is a \
            warning.
            """
    )

    @Flag(help: "Check what is set, and start nothing.")
    var check = false

    func run() async throws {
        guard check else { return print(SettingsTable.markdown()) }
        let settings = await ResolvedSettings.loadOrExit(for: .standalone)
        let document = LiveDocument.loadOrExit(settings, sections: DocumentSections.all)
        do {
            try await checkStart(settings, document)
        } catch {
            Self.tell("configuration: \(error)")
            throw ExitCode(2)
        }
        let catalog = StreamCatalogs.make(settings, document)
        for remark in Remarks.all(settings, document.current, catalog: catalog) { Self.tell("warning: \(remark)") }
        if let remark = Signing.remark(document.current) { Self.tell("warning: \(remark)") }
        print("the settings are right")
        guard let path = settings[Settings.Common.documentFile] else { return }
        let sections = document.current.sectionKeys
        print("the document \(path) is right: " + (sections.isEmpty ? "no sections" : sections.joined(separator: ", ")))
    }

    /// What a program finds wrong when it puts itself together; asks nobody.
    private func checkStart(_ settings: ResolvedSettings, _ document: LiveDocument) async throws {
        var logger = Logger(label: "settings")
        logger.logLevel = .warning
        _ = try StoreAddresses(settings, for: .standalone)
        _ = try EdgeNode.Configuration(settings, dialects: .node(brand: settings[Settings.Common.brand]))
        _ = try await NodeAdmission(settings, document, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
        guard let section = document.current[SigningSection.self] else { return }
        try Signing.checkStreams(
            section,
            document.current[StreamsSection.self]?.kinds ?? [],
            settings[Settings.Stores.wireVersion]
        )
    }

    private static func tell(_ line: String) {
        FileDescriptorSink.standardError.emit(Array("\(line)\n".utf8))
    }
}
