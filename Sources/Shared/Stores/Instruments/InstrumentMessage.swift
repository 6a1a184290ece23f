import Core
import NIOCore

/// One message on the channel over which the leader tells the nodes which instruments the exchange has: a list, or a part of
/// one. A value.
///
/// On the wire it is one JSON object with a `version` and the leader's epoch. A list that is longer than a broker takes in one message goes in
/// parts, each with the checksum of the whole.
package struct InstrumentMessage: Sendable, Hashable {
    package enum Failure: Error, Hashable, CustomStringConvertible {
        case tooLong(Int)
        case malformed(JSONError)
        case unknownVersion(Int64)
        case missing(String)
        case badPart(Int64, of: Int64)
        case impossibleEpoch(Int64)

        package var description: String {
            switch self {
            case .tooLong(let length): "it has \(length) bytes; one has at most \(InstrumentMessage.maximumLength)"
            case .malformed(let error): "it is not the JSON that was expected: \(error)"
            case .unknownVersion(let version):
                "it is of version \(version); this release reads versions \(WireVersion.readable)"
            case .missing(let field): "it lacks its field '\(field)'"
            case .badPart(let part, let parts):
                "it says that it is part \(part), counted from 0, of \(parts); a list has 1 to "
                    + "\(InstrumentMessage.maximumParts) parts"
            case .impossibleEpoch(let epoch): "it is of epoch \(epoch); an epoch is from 1 to \(Position.highest)"
            }
        }
    }

    /// No message that is sent is longer than this; NATS takes 1 MiB unless told otherwise.
    static let maximumLength = 64 << 10
    /// Enough for the longest list of the longest names that there can be.
    static let maximumParts = 64

    /// The term of the leader that sent it.
    let epoch: UInt64
    let checksum: UInt64
    let part: Int
    let parts: Int
    let symbols: [String]
    /// For how long the leader has known the list.
    let age: Duration

    /// The messages that carry `list`, none longer than `maximumLength`.
    package static func encode(
        _ list: InstrumentList,
        epoch: UInt64,
        age: Duration = .zero,
        as version: WireVersion = .one
    ) -> [ByteBuffer] {
        let age = Int(age / .milliseconds(1))
        var chunks: [[String]] = [[]]
        var room = maximumLength - 200
        for symbol in list.symbols.sorted() {
            // With quotes and comma.
            let cost = symbol.utf8.count + 3
            if cost > room {
                chunks.append([])
                room = maximumLength - 200
            }
            chunks[chunks.count - 1].append(symbol)
            room -= cost
        }
        return chunks.enumerated().map { part, symbols in
            return JSONWriter.object { json in
                json.integer("version", version.number)
                json.integer("epoch", epoch)
                json.string("checksum", list.checksum.hexadecimal)
                json.integer("age", age)
                json.integer("part", part)
                json.integer("parts", chunks.count)
                json.strings("symbols", symbols)
            }
        }
    }

    package init(_ message: ByteBuffer) throws(Failure) {
        guard message.readableBytes <= Self.maximumLength else { throw .tooLong(message.readableBytes) }
        var fields = Fields()
        do throws(JSONError) {
            try message.readJSON { (cursor) throws(JSONError) in try fields.read(&cursor) }
        } catch {
            throw .malformed(error)
        }
        // First of all: another version may have other fields.
        guard let version = fields.version else { throw .missing("version") }
        guard WireVersion(number: version) != nil else { throw .unknownVersion(version) }
        guard let epoch = fields.epoch else { throw .missing("epoch") }
        guard epoch >= 1 else { throw .impossibleEpoch(epoch) }
        guard let checksum = fields.checksum else { throw .missing("checksum") }
        guard let part = fields.part else { throw .missing("part") }
        guard let parts = fields.parts else { throw .missing("parts") }
        guard (1...Int64(Self.maximumParts)).contains(parts), (0..<parts).contains(part) else {
            throw .badPart(part, of: parts)
        }
        guard let symbols = fields.symbols else { throw .missing("symbols") }
        self.epoch = UInt64(epoch)
        self.checksum = checksum
        self.part = Int(part)
        self.parts = Int(parts)
        self.symbols = symbols
        self.age = .milliseconds(max(0, fields.age ?? 0))
    }

    /// What has been read of a message, before it is known whether it is whole.
    private struct Fields {
        var version: Int64?
        /// Up to `Position.highest`, which is the highest of these.
        var epoch: Int64?
        var checksum: UInt64?
        var part: Int64?
        var parts: Int64?
        var symbols: [String]?
        /// Milliseconds.
        var age: Int64?

        mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("version") {
                    version = try cursor.integer()
                } else if key.equals("epoch") {
                    epoch = try cursor.integer()
                } else if key.equals("checksum") {
                    checksum = UInt64(hexadecimal: try cursor.plainString())
                } else if key.equals("part") {
                    part = try cursor.integer()
                } else if key.equals("parts") {
                    parts = try cursor.integer()
                } else if key.equals("age") {
                    age = try cursor.integer()
                } else if key.equals("symbols") {
                    var list: [String] = []
                    try cursor.array { (cursor) throws(JSONError) in list.append(try cursor.plainString()) }
                    symbols = list
                } else {
                    try cursor.skip()
                }
            }
        }
    }
}

/// How a checksum is written into messages: a JSON number of 64 bits is not read exactly everywhere.
extension UInt64 {
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    init?(hexadecimal text: String) {
        guard text.utf8.count == 16, text.allSatisfy(\.isHexDigit) else { return nil }
        self.init(text, radix: 16)
    }
}
