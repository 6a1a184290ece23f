import Logging
import TestSupport

/// A log whose lines a test reads: message and metadata in one string.
struct CollectedLog: LogHandler {
    private let inbox = Inbox<String>()
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    var logger: Logger { Logger(label: "test") { _ in self } }

    var lines: [String] { inbox.elements }

    func lines(atLeast count: Int) async -> [String] { await inbox.elements(atLeast: count) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: " ")
        inbox.append(["\(event.level) \(event.message) \(fields)"])
    }
}
