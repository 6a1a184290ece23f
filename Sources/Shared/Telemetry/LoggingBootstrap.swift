import Logging
import Synchronization

/// Chooses the process's log backend. Each main calls it once, after the settings and before the first logger.
package enum LoggingBootstrap {
    private static let isDone = Mutex(false)

    /// Returns false, and changes nothing, when it was called before: swift-log would stop the process.
    @discardableResult
    package static func bootstrap(
        level: Logger.Level,
        json: Bool,
        metadataProvider: Logger.MetadataProvider? = nil,
        sink: any LogSink = FileDescriptorSink.standardError
    ) -> Bool {
        let isFirst = isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
        guard isFirst else { return false }
        LoggingSystem.bootstrap(
            { label, provider in
                handler(label: label, level: level, json: json, metadataProvider: provider, sink: sink)
            },
            metadataProvider: metadataProvider
        )
        return true
    }

    /// The backend that `bootstrap` would use, for a logger outside the global system, as in tests.
    package static func handler(
        label: String,
        level: Logger.Level,
        json: Bool,
        metadataProvider: Logger.MetadataProvider? = nil,
        sink: any LogSink = FileDescriptorSink.standardError
    ) -> any LogHandler {
        json
            ? JSONLogHandler(label: label, level: level, sink: sink, metadataProvider: metadataProvider)
            : TextLogHandler(label: label, level: level, sink: sink, metadataProvider: metadataProvider)
    }
}
