import ArgumentParser
import EdgeNode
import Platform

/// `tidegate keys new`: makes an API key, shows it once, and says what the document has to have.
struct NewKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make an API key and print it, with the lines for the document.",
        discussion: """
            The first line of the output is the key, which nothing keeps: it can't be shown again. The document that \
            TIDEGATE_DOCUMENT names gets its SHA-256 only, under `keys`. Nodes read the document anew when it changes.
            """
    )

    @Argument(help: "What logs and revocations are to call the key: letters, digits, '-', '_' and '.'.")
    var name: String

    func validate() throws {
        guard APIKey.isID(name) else {
            throw ValidationError("NAME must be letters, digits, '-', '_' and '.', 64 at most")
        }
    }

    func run() {
        let key = NewAPIKey()
        print(
            """
            \(key.text)

            This is the key, shown this once. Put this into the document, under `keys:`

              - id: \(name)
                sha256: \(key.digest)
            """
        )
    }
}
