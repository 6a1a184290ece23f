import Core
import NIOCore

/// What is said to the ingestor's inbox: the body of a signed message. On the wire `{"op":"hello"}`, or
/// `{"op":"publish","epoch":7,"stream":"orders.u1","type":"update","data":{...}}`.
package enum InboxRequest: Sendable, Hashable {
    /// Who leads?
    case hello
    case publish(InboxPublication)

    package var encoded: ByteBuffer {
        JSONWriter.object { json in
            switch self {
            case .hello: json.string("op", "hello")
            case .publish(let publication):
                json.string("op", "publish")
                json.integer("epoch", publication.epoch)
                json.string("stream", publication.stream)
                json.string("type", publication.isSnapshot ? "snapshot" : "update")
                json.key("data")
                json.raw(publication.data)
            }
        }
    }

    /// Nil for what this release can't read.
    package init?(_ body: ByteBuffer) {
        var fields = Fields()
        let isRead: Void? = try? body.readJSON { (cursor) throws(JSONError) in try fields.read(&cursor) }
        guard isRead != nil else { return nil }
        switch fields.operation {
        case "hello": self = .hello
        case "publish":
            guard let epoch = fields.epoch.flatMap(UInt64.init(exactly:)), let stream = fields.stream,
                let type = fields.type, ["snapshot", "update"].contains(type), let data = fields.data
            else { return nil }
            self = .publish(
                InboxPublication(stream: stream, epoch: epoch, isSnapshot: type == "snapshot", data: data)
            )
        default: return nil
        }
    }

    private struct Fields {
        var operation: String?
        var epoch: Int64?
        var stream: String?
        var type: String?
        var data: ByteBuffer?

        mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("op") {
                    operation = try cursor.plainString()
                } else if key.equals("epoch") {
                    epoch = try cursor.integer()
                } else if key.equals("stream") {
                    stream = try cursor.require(cursor.string().decoded)
                } else if key.equals("type") {
                    type = try cursor.plainString()
                } else if key.equals("data") {
                    data = ByteBuffer(bytes: try cursor.rawValue())
                } else {
                    try cursor.skip()
                }
            }
        }
    }
}
