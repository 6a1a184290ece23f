import Logging

/// A swift-log backend that makes each event one line, which goes out whole through the sink. A value type, as swift-log asks.
package struct LineLogHandler<Format: LogFormat>: LogHandler {
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
        let metadata = LogMetadata.merged(base: metadata, provider: metadataProvider, event: event)
        sink.emit(Format.line(of: event, metadata, label: label, at: now()))
    }
}

/// How a log event becomes a line. Whatever the event carries, it is one line, with its line feed.
package protocol LogFormat {
    /// - Parameter metadata: The event's and the logger's, in the order in which they are written.
    static func line(
        of event: LogEvent,
        _ metadata: [(key: String, value: Logger.MetadataValue)],
        label: String,
        at time: LogTimestamp
    ) -> [UInt8]
}

package typealias JSONLogHandler = LineLogHandler<JSONLogFormat>
package typealias TextLogHandler = LineLogHandler<TextLogFormat>
