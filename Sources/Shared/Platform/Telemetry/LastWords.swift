import FoundationEssentials
import Logging
import Synchronization

/// What a process says to standard error before an error ends it: in the form of its log, so that a log store can read it, too.
///
/// JSON where `LOG_JSON` says so: the environment, and the settings once they could be read. Then each message is an object of its own,
/// of level `critical`, with the `node` where the process has one. Else the text, as for a person. Any thread.
package enum LastWords {
    private struct Form {
        var isJSON = LastWords.isJSON(ProcessInfo.processInfo.environment)
        var node: String?
    }

    private static let form = Mutex(Form())

    /// To be called at the start.
    ///
    /// - Parameter node: Under which the process announces itself; nil for a command that does not.
    package static func belong(to node: String?) { form.withLock { $0.node = node } }

    /// To be called when the settings are known: a file may have `LOG_JSON` as well.
    package static func settle(isJSON: Bool) { form.withLock { $0.isJSON = isJSON } }

    /// - Parameters:
    ///   - messages: One for each thing that is wrong.
    ///   - label: Whose they are: a program, or what could not be read.
    ///   - text: The same as text, without a line feed at its end.
    package static func say(_ messages: [String], of label: String, asText text: String) {
        let (isJSON, node) = form.withLock { ($0.isJSON, $0.node) }
        say(messages, of: label, asText: text, isJSON: isJSON, node: node, to: FileDescriptorSink.standardError)
    }

    static func say(
        _ messages: [String],
        of label: String,
        asText text: String,
        isJSON: Bool,
        node: String?,
        to sink: any LogSink
    ) {
        guard isJSON else { return sink.emit(Array("\(text)\n".utf8)) }
        let logger = Logger(label: label) { label in
            LoggingBootstrap.handler(label: label, level: .critical, json: true, node: node, sink: sink)
        }
        for message in messages { logger.critical("\(message)") }
    }

    /// What is neither true nor false is told as a wrong setting, as text.
    static func isJSON(_ environment: [String: String]) -> Bool {
        let setting = Settings.Common.logJSON
        return environment[setting.name].flatMap { Bool.parse($0.trimmingSpaces()) } ?? false
    }
}
