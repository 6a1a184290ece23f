import Core
import NIOCore

/// One text frame of the exchange, told apart by its keys in whatever order they stand.
enum BybitFrame {
    case data(BybitDataFrame)
    case acknowledgement(BybitAcknowledgement)
    case pong

    /// Reads the frame's envelope; `data` is passed over, to be read and checked by the topic's transform. A data frame
    /// needs a topic and data: the rest may be missing, or be written otherwise than today.
    init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var topic: String?
        var type: JSONToken?
        var timestamp: Int64?
        var data: UnsafeRawBufferPointer?
        var acknowledgement = BybitAcknowledgement()
        var hasSuccess = false
        var operation: JSONToken?
        var cursor = JSONCursor(bytes)
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("topic") {
                topic = try cursor.plainString()
            } else if key.equals("type") {
                type = try cursor.attempt { (cursor) throws(JSONError) in try cursor.string() }
            } else if key.equals("ts") {
                timestamp = try cursor.attempt { (cursor) throws(JSONError) in try cursor.milliseconds() }
            } else if key.equals("data") {
                data = try cursor.uncheckedValue()
            } else if key.equals("op") {
                operation = try cursor.string()
            } else if key.equals("success") {
                acknowledgement.success = try cursor.bool()
                hasSuccess = true
            } else if key.equals("ret_msg") {
                acknowledgement.message = try cursor.string().decoded ?? ""
            } else if key.equals("req_id") {
                acknowledgement.requestID = try cursor.string().decoded ?? ""
            } else {
                try cursor.skip()
            }
        }
        try cursor.end()
        if let topic {
            self = .data(
                BybitDataFrame(
                    topic: topic,
                    isSnapshot: type?.equals("snapshot") ?? false,
                    timestamp: timestamp,
                    data: JSONCursor(try cursor.require(data))
                )
            )
            return
        }
        guard let operation else {
            // Option's acknowledgement names no operation.
            guard hasSuccess else { throw JSONError(.missingField, at: cursor.position) }
            self = .acknowledgement(acknowledgement)
            return
        }
        // Linear answers a ping with "op":"ping" and "ret_msg":"pong", option with "op":"pong".
        if operation.equals("pong") || operation.equals("ping") && acknowledgement.message == "pong" {
            self = .pong
        } else {
            self = .acknowledgement(acknowledgement)
        }
    }
}

/// A frame of a topic. Valid only inside the closure that lent the frame's bytes.
struct BybitDataFrame {
    let topic: String
    /// False for a change, and where the frame does not say what it is, or says it in an unknown word.
    let isSnapshot: Bool
    /// The exchange's time, milliseconds since 1970; nil where it did not say.
    let timestamp: Int64?
    /// Stands in front of the frame's `data` value.
    let data: JSONCursor
}

/// The exchange's answer to a request. It names the request, not its topics.
struct BybitAcknowledgement: Equatable {
    var success = false
    var message = ""
    var requestID = ""

    /// The topic that a failure names: `error:handler not found,topic:<topic>`, or spot's `Invalid symbol :[<topic>]`.
    var namedTopic: String? {
        if let range = message.firstRange(of: "topic:") { return String(message[range.upperBound...]) }
        guard message.hasSuffix("]"), let open = message.lastIndex(of: "[") else { return nil }
        return String(message[message.index(after: open)...].dropLast())
    }

    func names(_ topic: String) -> Bool { namedTopic == topic }

    var saysAlreadySubscribed: Bool { message.contains("already subscribed") }
}
