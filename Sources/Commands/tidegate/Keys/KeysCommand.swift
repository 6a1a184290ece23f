import ArgumentParser

/// `tidegate keys`: API keys.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make API keys.",
        subcommands: [NewKeyCommand.self]
    )
}
