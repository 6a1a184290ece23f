import Core
import Logging

/// A swift-log backend for log stores: one JSON object a line, with `ts`, `level`, `label`, `message`, then the
/// metadata as further keys in order. A value type, as swift-log asks; lines go out whole through the sink.
package struct JSONLogHandler: LogHandler {
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
        var line = JSONWriter()
        line.object { json in
            json.string("ts", now().description)
            json.string("level", event.level.rawValue)
            json.string("label", label)
            json.string("message", event.message.description)
            for (key, value) in LogMetadata.merged(base: metadata, provider: metadataProvider, event: event) {
                json.key(Self.unambiguous(key))
                json.metadata(value)
            }
        }
        line.raw("\n")
        sink.emit(line.withBytes { [UInt8]($0) })
    }

    /// A key twice in one object means something else to each reader; ours stay ours.
    private static func unambiguous(_ key: String) -> String {
        switch key {
        case "ts", "level", "label", "message": "metadata.\(key)"
        default: key
        }
    }
}
