import Core
import Logging

/// For log stores: one JSON object a line, with `ts`, `level`, `label`, `message`, then the metadata as further keys in order.
package enum JSONLogFormat: LogFormat {
    package static func line(
        of event: LogEvent,
        _ metadata: [(key: String, value: Logger.MetadataValue)],
        label: String,
        at time: LogTimestamp
    ) -> [UInt8] {
        var line = JSONWriter()
        line.object { json in
            json.string("ts", time.description)
            json.string("level", event.level.rawValue)
            json.string("label", label)
            json.string("message", event.message.description)
            for (key, value) in metadata {
                json.key(unambiguous(key))
                json.metadata(value)
            }
        }
        line.raw("\n")
        return line.withBytes { [UInt8]($0) }
    }

    /// A key twice in one object means something else to each reader; ours stay ours.
    private static func unambiguous(_ key: String) -> String {
        switch key {
        case "ts", "level", "label", "message": "metadata.\(key)"
        default: key
        }
    }
}
