import Logging
import TestSupport

/// A log whose lines a test reads: message and metadata in one text.
struct RecordingLog: LogHandler {
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
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        inbox.append([([event.message.description] + fields).joined(separator: " ")])
    }
}
