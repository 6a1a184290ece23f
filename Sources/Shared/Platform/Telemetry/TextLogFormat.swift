import Logging

/// For people: `2026-11-21T00:45:07.012Z INFO ingestor: connected url=wss://... attempt=2`. Control characters are escaped.
package enum TextLogFormat: LogFormat {
    package static func line(
        of event: LogEvent,
        _ metadata: [(key: String, value: Logger.MetadataValue)],
        label: String,
        at time: LogTimestamp
    ) -> [UInt8] {
        let level = event.level.rawValue.uppercased()
        var line = "\(time) \(level) \(label): \(visible(event.message.description))"
        for (key, value) in metadata { line += " \(visible(key))=\(token(value.description))" }
        return Array((line + "\n").utf8)
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
