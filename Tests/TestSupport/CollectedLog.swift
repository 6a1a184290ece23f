import Logging

/// A log whose lines a test reads: message and metadata in one string.
package struct CollectedLog: LogHandler {
    private let inbox = Inbox<String>()
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    package init(_ logLevel: Logger.Level = .info) { self.logLevel = logLevel }

    package var logger: Logger { Logger(label: "test") { _ in self } }

    package var lines: [String] { inbox.elements }

    package func lines(atLeast count: Int) async -> [String] { await inbox.elements(atLeast: count) }

    /// The first line that has these words, when it has come.
    package func line(_ words: String) async -> String {
        var seen = 0
        while true {
            let lines = await inbox.elements(atLeast: seen + 1)
            // The test has been given up.
            guard lines.count > seen else { return "" }
            if let line = lines[seen...].first(where: { $0.contains(words) }) { return line }
            seen = lines.count
        }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: " ")
        inbox.append(["\(event.level) \(event.message) \(fields)"])
    }
}
