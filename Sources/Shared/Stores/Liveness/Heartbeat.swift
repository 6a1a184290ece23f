import Core
import NIOCore

/// What the leading ingestor tells every edge node each second over the broker's heartbeat channel: that it lives, in
/// which term, and how its connection to the exchange is.
///
/// A value. On the wire it is one JSON object with a `version` (1 and 2 are alike as yet); fields that this release
/// doesn't know are passed over. What can't be read is refused with an error in words: it came from a newer release or a foreign publisher.
package struct Heartbeat: Sendable, Hashable {
    /// A heartbeat takes some 250 bytes, and 30 for each position that it tells; nobody should be made to read a long one.
    static let maximumLength = 4096
    /// Problems, and notices, and the length of each.
    static let maximumWords = 4
    static let maximumWordsLength = 250

    package enum Failure: Error, Hashable, CustomStringConvertible {
        case tooLong(Int)
        case malformed(JSONError)
        case unknownVersion(Int64)
        case missing(String)
        case impossibleEpoch(UInt64)

        package var description: String {
            switch self {
            case .tooLong(let length):
                "the heartbeat has \(length) bytes; one has at most \(Heartbeat.maximumLength)"
            case .malformed(let error): "the heartbeat is not the JSON that was expected: \(error)"
            case .unknownVersion(let version):
                "the heartbeat is of version \(version); this release reads versions \(WireVersion.readable)"
            case .missing(let field): "the heartbeat lacks its field '\(field)'"
            case .impossibleEpoch(let epoch):
                "the heartbeat is of epoch \(epoch); an epoch is from 1 to \(Position.highest)"
            }
        }
    }

    /// The term of the leader that sent it.
    package var epoch: UInt64
    /// Milliseconds since 1970, by the sender's clock.
    package var sentAt: Int64
    package var upstream: UpstreamStatus
    /// Where some streams stand: everything up to there was handed to the broker.
    package var positions: [StreamName: Position]
    /// The checksum of the list of instruments that nodes should have; nil where the leader has none, or is an older release.
    package var instruments: UInt64?

    package init(
        epoch: UInt64,
        sentAt: Int64,
        upstream: UpstreamStatus,
        positions: [StreamName: Position] = [:],
        instruments: UInt64? = nil
    ) {
        self.epoch = epoch
        self.sentAt = sentAt
        self.upstream = upstream
        self.positions = positions
        self.instruments = instruments
    }

    package func encoded(as version: WireVersion = .one) -> ByteBuffer {
        JSONWriter.object { json in
            json.integer("version", version.number)
            json.integer("epoch", epoch)
            json.integer("sent_at", sentAt)
            if let instruments { json.string("instruments", instruments.hexadecimal) }
            json.object("upstream") { json in
                json.bool("connected", upstream.isConnected)
                json.string("category", upstream.category)
                json.integer("subscribed", upstream.subscribedCount)
                json.integer("received", upstream.messagesReceived)
                json.integer("skipped", upstream.messagesSkipped)
                json.integer("reconnects", upstream.reconnectCount)
                // So it is called in heartbeats of all releases.
                if let ago = upstream.lastDataAgo, ago.isFinite { json.raw("last_message_ago", "\(ago)") }
                json.bool("simulated", upstream.isSimulated)
                if upstream.unreadable.count > 0 {
                    json.integer("unreadable_topics", upstream.unreadable.count)
                    json.strings("unreadable_examples", upstream.unreadable.examples)
                }
                if !upstream.problems.isEmpty { json.strings("problems", Self.plain(upstream.problems)) }
                if !upstream.notices.isEmpty { json.strings("notices", Self.plain(upstream.notices)) }
            }
            if !positions.isEmpty {
                json.object("positions") { json in
                    for (stream, position) in positions {
                        // Most are of the sender's own term.
                        let isOwn = position.epoch == epoch
                        let text = isOwn ? "\(position.sequence)" : "[\(position.epoch),\(position.sequence)]"
                        json.raw(stream.canonical, text)
                    }
                }
            }
        }
    }

    /// So many of the words, and so much of them, that they always fit: with the exchange's own among them, which could be
    /// any.
    private static func plain(_ words: [String]) -> [String] {
        words.prefix(maximumWords).map { words in
            String(
                words.prefix(maximumWordsLength).map { character in
                    guard character.isASCII, let byte = character.asciiValue, byte >= 0x20, byte < 0x7F else {
                        return "?"
                    }
                    return character == "\"" || character == "\\" ? "'" : character
                }
            )
        }
    }

    /// Throws `Failure`.
    package init(_ message: ByteBuffer) throws(Failure) {
        guard message.readableBytes <= Self.maximumLength else { throw .tooLong(message.readableBytes) }
        var fields = HeartbeatFields()
        do throws(JSONError) {
            try message.readJSON { (cursor) throws(JSONError) in try fields.read(&cursor) }
        } catch {
            throw .malformed(error)
        }
        // First of all: another version may have other fields.
        guard let version = fields.version else { throw .missing("version") }
        guard WireVersion(number: version) != nil else { throw .unknownVersion(version) }
        guard let epoch = fields.epoch else { throw .missing("epoch") }
        guard (1...Position.highest).contains(epoch) else { throw .impossibleEpoch(epoch) }
        guard let sentAt = fields.sentAt else { throw .missing("sent_at") }
        guard let upstream = fields.upstream else { throw .missing("upstream") }
        guard fields.hasConnected else { throw .missing("upstream.connected") }
        self.init(
            epoch: epoch,
            sentAt: sentAt,
            upstream: upstream,
            positions: fields.positions(in: epoch),
            instruments: fields.instruments
        )
    }
}
