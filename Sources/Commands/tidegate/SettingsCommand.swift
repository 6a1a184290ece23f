import ArgumentParser
import Platform

/// `tidegate settings`: the table of settings, as the README has it.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Print all settings with their defaults, units and meaning."
    )

    func run() { print(SettingsTable.markdown()) }
}
