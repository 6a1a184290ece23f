import Logging
import Synchronization

/// Chooses the process's log backend. Each main calls it once, after the settings and before the first logger.
///
/// Here each JSON line gets its `node`, under which the process announces itself: in a log store stand the lines of all. The text
/// for people goes without: whoever reads it looks at one process, and twenty digits would be on each line that say nothing.
package enum LoggingBootstrap {
    private static let isDone = Mutex(false)

    /// Returns false, and changes nothing, when it was called before: swift-log would stop the process.
    @discardableResult
    package static func bootstrap(
        level: Logger.Level,
        json: Bool,
        node: String? = nil,
        metadataProvider: Logger.MetadataProvider? = nil,
        sink: any LogSink = FileDescriptorSink.standardError
    ) -> Bool {
        let isFirst = isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
        guard isFirst else { return false }
        sink.describeDrops(dropNotice(json: json, node: node))
        LoggingSystem.bootstrap(
            { label, provider in
                handler(label: label, level: level, json: json, node: node, metadataProvider: provider, sink: sink)
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
        node: String? = nil,
        metadataProvider: Logger.MetadataProvider? = nil,
        sink: any LogSink = FileDescriptorSink.standardError
    ) -> any LogHandler {
        guard json else {
            return TextLogHandler(label: label, level: level, sink: sink, metadataProvider: metadataProvider)
        }
        var handler = JSONLogHandler(label: label, level: level, sink: sink, metadataProvider: metadataProvider)
        if let node { handler.metadata["node"] = "\(node)" }
        return handler
    }

    /// The line that says that lines are missing, in the form of the others.
    static func dropNotice(json: Bool, node: String? = nil) -> @Sendable (Int) -> [UInt8] {
        { lines in
            let catcher = LineCatcher()
            handler(label: "log", level: .trace, json: json, node: node, sink: catcher).log(
                event: LogEvent(
                    level: .warning,
                    message: "lines of this log were dropped: its reader was too slow",
                    metadata: ["dropped_lines": .stringConvertible(lines)],
                    source: nil,
                    file: #fileID,
                    function: #function,
                    line: #line
                )
            )
            return catcher.line
        }
    }

    private final class LineCatcher: LogSink {
        private let caught = Mutex<[UInt8]>([])

        var line: [UInt8] { caught.withLock { $0 } }

        func emit(_ line: [UInt8]) { caught.withLock { $0 = line } }
    }
}
