/// What the manager of a service is told of it: sd_notify(3). A value.
package enum ServiceState: Sendable, Hashable {
    /// It has come up: what waits for it may start. With how it is, in words.
    case ready(String)
    /// How it is now, in words.
    case status(String)
    /// It was told to stop, and is leaving.
    case stopping

    /// A manager takes 4096 bytes: of how it is it hears so many letters, of four bytes at most.
    private static let maximumLetters = 800

    /// As it stands on the wire.
    package var message: String {
        switch self {
        case .ready(let words): "READY=1\nSTATUS=\(Self.line(words))"
        case .status(let words): "STATUS=\(Self.line(words))"
        case .stopping: "STOPPING=1\nSTATUS=leaving"
        }
    }

    /// A line of its own would be another variable: some of the words come from stores.
    private static func line(_ words: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in words.unicodeScalars.prefix(maximumLetters) {
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(line)
    }
}
