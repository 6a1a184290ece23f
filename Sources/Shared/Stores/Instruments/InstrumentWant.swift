import Core
import NIOCore

/// What a node asks of the leader about instruments. On the wire one JSON object: `{"version":1,"want":"list"}`.
package enum InstrumentWant: String, Sendable, CaseIterable {
    /// It has missed the list: its checksum is not the one that heartbeats tell.
    case list
    /// A client names what is not in the list: the exchange may have it by now.
    case fresh

    package func encoded(as version: WireVersion = .one) -> ByteBuffer {
        JSONWriter.object { json in
            json.integer("version", version.number)
            json.string("want", rawValue)
        }
    }

    /// Nil for what this release can't read.
    package init?(_ message: ByteBuffer) {
        guard message.readableBytes <= 1024 else { return nil }
        var version: Int64?
        var word: String?
        let isRead: Void? = try? message.readJSON { (cursor) throws(JSONError) in
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("version") {
                    version = try cursor.integer()
                } else if key.equals("want") {
                    word = try cursor.plainString()
                } else {
                    try cursor.skip()
                }
            }
        }
        guard isRead != nil, let version, WireVersion(number: version) != nil, let word else { return nil }
        self.init(rawValue: word)
    }
}
