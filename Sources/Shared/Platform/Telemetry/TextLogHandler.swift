import Logging

/// A swift-log backend for people: `2026-11-21T00:45:07.012Z INFO ingestor: connected url=wss://... attempt=2`.
///
/// A value type, as swift-log asks. One event is one line whatever it carries: control characters are escaped.
package struct TextLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let sink: any LogSink
    private let now: @Sendable () -> LogTimestamp

    package init(
        label: String,
        level: Logger.Level = .info,
        sink: any LogSink = FileDescriptorSink.standardError,
        metadataProvider: Logger.MetadataProvider? = nil,
        now: @escaping @Sendable () -> LogTimestamp = { .now }
    ) {
        self.label = label
        self.logLevel = level
        self.sink = sink
        self.metadataProvider = metadataProvider
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let level = event.level.rawValue.uppercased()
        var line = "\(now()) \(level) \(label): \(Self.visible(event.message.description))"
        for (key, value) in LogMetadata.merged(base: metadata, provider: metadataProvider, event: event) {
            line += " \(Self.visible(key))=\(Self.token(value.description))"
        }
        line += "\n"
        sink.emit(Array(line.utf8))
    }

    /// A value that can be told from what follows it.
    private static func token(_ text: String) -> String {
        let isPlain = !text.isEmpty && !text.unicodeScalars.contains { $0 == " " || $0 == "\"" }
        return isPlain ? visible(text) : "\"" + visible(text.split("\"", joinedBy: "\\\"")) + "\""
    }

    /// Terminals obey control characters, and a line feed would let a client write log lines of its own.
    private static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
    }
}

extension String {
    fileprivate func split(_ separator: Character, joinedBy joint: String) -> String {
        split(separator: separator, omittingEmptySubsequences: false).joined(separator: joint)
    }
}
