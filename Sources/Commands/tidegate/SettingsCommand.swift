import ArgumentParser
import Composition
import Platform

/// `tidegate settings`: the table of settings, as the README has it, or a check of those that a program here would have.
struct SettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Print all settings with their defaults, units and meaning, or check those that are set.",
        discussion: """
            With --check the settings of the environment, of the file that TIDEGATE_CONFIG names, and the document that \
            TIDEGATE_DOCUMENT names are read as a program would read them at its start. What is wrong is told, one line \
            each, and the status is 2.
            """
    )

    @Flag(help: "Check what is set, and start nothing.")
    var check = false

    func run() async {
        guard check else { return print(SettingsTable.markdown()) }
        let settings = await ResolvedSettings.loadOrExit(for: .standalone)
        let document = LiveDocument.loadOrExit(settings, sections: DocumentSections.all)
        print("the settings are right")
        guard let path = settings[Settings.Common.documentFile] else { return }
        let sections = document.current.sectionKeys
        print("the document \(path) is right: " + (sections.isEmpty ? "no sections" : sections.joined(separator: ", ")))
    }
}
