import Core
import NIOCore

extension DemandMessage {
    /// The messages that carry `announcement`, none longer than `maximumLength`. `number` is taken for each
    /// announcement that it becomes.
    static func encode(
        _ announcement: DemandAnnouncement,
        as version: WireVersion = .one,
        number: () -> Int64
    ) -> [ByteBuffer] {
        let (verb, streams) =
            switch announcement.change {
            case .all(let streams): (Verb.all, streams)
            case .add(let streams): (Verb.add, streams)
            case .remove(let streams): (Verb.remove, streams)
            case .refresh(let streams): (Verb.refresh, streams)
            }
        // The longest that the other fields can get, each of the node's bytes escaped as six.
        let length = maximumLength - 6 * announcement.node.utf8.count - 200
        let ranks = announcement.ranks.filter { $0.value > 0 && streams.contains($0.key) }
        let chunks = chunks(of: streams, ranks, upTo: length)
        let isWhole = verb == .all
        let common = number()
        return chunks.enumerated().map { index, names in
            return JSONWriter.object { json in
                json.integer("version", version.number)
                json.string("node", announcement.node)
                json.integer("number", isWhole || index == 0 ? common : number())
                json.integer("part", isWhole ? index : 0)
                json.integer("parts", isWhole ? chunks.count : 1)
                json.string("change", verb.rawValue)
                json.strings("streams", names.map(\.canonical))
                if !ranks.isEmpty {
                    let list = names.map { "\(min(ranks[$0] ?? 0, maximumRank))" }.joined(separator: ",")
                    json.raw("ranks", "[\(list)]")
                }
            }
        }
    }

    /// Names in groups that take at most `length` bytes each, with quotes and commas, and their ranks; the lowest rank first.
    /// One empty group for none.
    private static func chunks(
        of streams: Set<StreamName>,
        _ ranks: [StreamName: Int],
        upTo length: Int
    ) -> [[StreamName]] {
        var names = Array(streams)
        if names.count > DemandAnnouncement.maximumStreams {
            names.sort { $0.canonical < $1.canonical }
            names.removeLast(names.count - DemandAnnouncement.maximumStreams)
        }
        if !ranks.isEmpty { names.sort { ranks[$0] ?? 0 < ranks[$1] ?? 0 } }
        let rankLength = ranks.isEmpty ? 0 : "\(maximumRank),".utf8.count
        var chunks: [[StreamName]] = [[]]
        var room = length
        for name in names {
            let cost = name.canonical.utf8.count + 3 + rankLength
            if cost > room {
                chunks.append([])
                room = length
            }
            chunks[chunks.count - 1].append(name)
            room -= cost
        }
        return chunks
    }
}
