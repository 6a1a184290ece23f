import NIOCore

/// A reply of Redis (RESP2). A bulk string has bytes of its own: keeping it keeps nothing else.
package enum RESPValue: Sendable, Hashable {
    /// A status, such as `OK`.
    case simple(String)
    /// An error, with Redis's own words: `ERR unknown command`. Inside an array it concerns one element only.
    case error(String)
    case integer(Int64)
    case bulk(ByteBuffer)
    case null
    case array([RESPValue])

    package var array: [RESPValue]? { if case .array(let elements) = self { elements } else { nil } }

    package var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

    package var bytes: ByteBuffer? { if case .bulk(let bytes) = self { bytes } else { nil } }

    /// A status or a bulk string as text.
    package var text: String? {
        switch self {
        case .simple(let text): text
        case .bulk(let bytes): String(buffer: bytes)
        default: nil
        }
    }

    /// What kind of reply it is, for an error that must not quote it.
    package var kindName: String {
        switch self {
        case .simple: "a status"
        case .error: "an error"
        case .integer: "an integer"
        case .bulk: "a string"
        case .null: "nil"
        case .array: "an array"
        }
    }
}
