import Core
import NIOCore

extension DemandMessage {
    init(_ message: ByteBuffer) throws(DemandMessageError) {
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
        guard let node = fields.node else { throw .missing("node") }
        guard (1...Self.maximumNodeLength).contains(node.utf8.count) else { throw .badNode(length: node.utf8.count) }
        guard let number = fields.number else { throw .missing("number") }
        guard let part = fields.part else { throw .missing("part") }
        guard let parts = fields.parts else { throw .missing("parts") }
        guard (1...Int64(Self.maximumParts)).contains(parts), (0..<parts).contains(part) else {
            throw .badPart(part, of: parts)
        }
        guard let word = fields.change else { throw .missing("change") }
        guard let verb = Verb(rawValue: word) else { throw .unknownVerb }
        guard let streams = fields.streams else { throw .missing("streams") }
        self.init(
            node: node,
            number: number,
            part: Int(part),
            parts: Int(parts),
            verb: verb,
            streams: Set(streams.compactMap { $0 }),
            ranks: fields.ranksByStream,
            unreadableNames: streams.count { $0 == nil }
        )
    }

    /// What has been read of a message, before it is known whether it is whole.
    private struct Fields {
        var version: Int64?
        var node: String?
        var number: Int64?
        var part: Int64?
        var parts: Int64?
        var change: String?
        /// In their order; nil for a name that can't be read.
        var streams: [StreamName?]?
        var ranks: [Int] = []

        /// A rank that is none of this release's is as good as the last.
        var ranksByStream: [StreamName: Int] {
            var ranks: [StreamName: Int] = [:]
            for (stream, rank) in zip(streams ?? [], self.ranks) where rank > 0 {
                if let stream { ranks[stream] = min(rank, DemandMessage.maximumRank) }
            }
            return ranks
        }

        mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("version") {
                    version = try cursor.integer()
                } else if key.equals("node") {
                    node = try cursor.require(cursor.string().decoded)
                } else if key.equals("number") {
                    number = try cursor.integer()
                } else if key.equals("part") {
                    part = try cursor.integer()
                } else if key.equals("parts") {
                    parts = try cursor.integer()
                } else if key.equals("change") {
                    change = try cursor.plainString()
                } else if key.equals("streams") {
                    streams = try names(&cursor)
                } else if key.equals("ranks") {
                    ranks = try ranks(&cursor)
                } else {
                    try cursor.skip()
                }
            }
        }

        private func names(_ cursor: inout JSONCursor) throws(JSONError) -> [StreamName?] {
            var names: [StreamName?] = []
            try cursor.array { (cursor) throws(JSONError) in
                let token = try cursor.string()
                names.append(token.decoded.flatMap { try? StreamName(canonical: $0) })
            }
            return names
        }

        private func ranks(_ cursor: inout JSONCursor) throws(JSONError) -> [Int] {
            var ranks: [Int] = []
            try cursor.array { (cursor) throws(JSONError) in ranks.append(Int(clamping: try cursor.integer())) }
            return ranks
        }
    }
}
