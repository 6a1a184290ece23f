import Core
import NIOCore

/// A JSON value of a token or of a set of keys, as a tree: they are small, and a claim is looked up by a path that the
/// settings name. A value; bounded by the length of the text and by the depth that the cursor allows.
///
/// Nothing is tolerated that two readers could understand in two ways: a key twice in one object is an error.
indirect enum ClaimValue: Sendable, Hashable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case null
    case list([ClaimValue])
    case object([String: ClaimValue])

    static func read(_ bytes: some Sequence<UInt8>) -> Result<ClaimValue, JSONError> { read(ByteBuffer(bytes: bytes)) }

    static func read(_ buffer: ByteBuffer) -> Result<ClaimValue, JSONError> {
        do throws(JSONError) {
            return .success(
                try buffer.readJSON { (cursor) throws(JSONError) in
                    try ClaimValue(&cursor)
                }
            )
        } catch {
            return .failure(error)
        }
    }

    init(_ cursor: inout JSONCursor) throws(JSONError) {
        switch try cursor.peek() {
        case .string: self = .text(try Self.text(try cursor.string(), at: cursor.position))
        case .number:
            let text = String(decoding: try cursor.rawValue(), as: UTF8.self)
            guard let number = Double(text), number.isFinite else { throw JSONError(.badNumber, at: cursor.position) }
            self = .number(number)
        case .bool: self = .flag(try cursor.bool())
        case .null:
            try cursor.skip()
            self = .null
        case .array:
            var values: [ClaimValue] = []
            try cursor.array { (cursor) throws(JSONError) in values.append(try ClaimValue(&cursor)) }
            self = .list(values)
        case .object:
            var fields: [String: ClaimValue] = [:]
            try cursor.object { (key, cursor) throws(JSONError) in
                let name = try Self.text(key, at: cursor.position)
                guard fields[name] == nil else { throw JSONError(.duplicateKey, at: cursor.position) }
                fields[name] = try ClaimValue(&cursor)
            }
            self = .object(fields)
        }
    }

    private static func text(_ token: JSONToken, at position: Int) throws(JSONError) -> String {
        guard let text = token.decoded else { throw JSONError(.badString, at: position) }
        return text
    }
}
