import Core

/// One message of the broker's demand channel: an announcement, or a part of one. A value.
///
/// On the wire it is one JSON object with a `version`; 1 and 2 are alike as yet. An announcement of everything that a
/// node wants may be longer than a broker takes in one message, and counts only as a whole: it goes in parts, each with
/// the announcement's number. Additions and removals that are long go as several announcements.
struct DemandMessage: Sendable, Hashable {
    enum Verb: String, Sendable {
        case all, add, remove, refresh
    }

    /// No message that is sent is longer than this; NATS takes 1 MiB unless told otherwise.
    static let maximumLength = 64 << 10
    /// Enough for an announcement of the longest names that there are.
    static let maximumParts = 256
    static let maximumNodeLength = 256
    static let maximumRank = 1_000_000

    var node: String
    /// Tells the parts of one announcement from those of the node's next.
    var number: Int64
    var part: Int
    var parts: Int
    var verb: Verb
    var streams: Set<StreamName>
    /// Of those among them that have one.
    var ranks: [StreamName: Int] = [:]
    /// Names that this release can't read, of a newer one perhaps. They cost only themselves.
    var unreadableNames = 0
}

/// Why a message on the demand channel is not one that this release reads.
enum DemandMessageError: Error, Hashable, CustomStringConvertible {
    case tooLong(Int)
    case malformed(JSONError)
    case unknownVersion(Int64)
    case missing(String)
    case unknownVerb
    case badNode(length: Int)
    case badPart(Int64, of: Int64)

    var description: String {
        switch self {
        case .tooLong(let length): "it has \(length) bytes; one has at most \(DemandMessage.maximumLength)"
        case .malformed(let error): "it is not the JSON that was expected: \(error)"
        case .unknownVersion(let version):
            "it is of version \(version); this release reads versions \(WireVersion.readable)"
        case .missing(let field): "it lacks its field '\(field)'"
        case .unknownVerb: "its 'change' is none of all, add, remove"
        case .badNode(let length):
            "its node's name has \(length) bytes; one has 1 to \(DemandMessage.maximumNodeLength)"
        case .badPart(let part, let parts):
            "it says that it is part \(part), counted from 0, of \(parts); an announcement has 1 to "
                + "\(DemandMessage.maximumParts) parts"
        }
    }
}
