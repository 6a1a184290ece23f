import Core
import NIOCore

/// What a node answers to a request, read as JSON: once or twice in a connection's life.
struct TidegateReply: Equatable {
    /// The word of `action`: `subscribed`, `resumed`, `error`, `rejected`, `going_away`, ...
    var action = ""
    /// Of an error.
    var message = ""
    /// The first refused stream and why.
    var rejected: String?
    /// By canonical name.
    var positions: [(stream: String, position: Position)] = []
    var recovered = 0
    var notRecovered: [String] = []
    var replayed = 0

    static func == (left: Self, right: Self) -> Bool {
        left.action == right.action && left.message == right.message && left.rejected == right.rejected
            && left.recovered == right.recovered && left.notRecovered == right.notRecovered
            && left.replayed == right.replayed
            && left.positions.elementsEqual(right.positions) { $0.stream == $1.stream && $0.position == $1.position }
    }

    init() {}

    init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var reply = TidegateReply()
        var cursor = JSONCursor(bytes)
        try cursor.object { (key, cursor) throws(JSONError) in try reply.read(key, &cursor) }
        self = reply
    }

    private mutating func read(_ key: JSONToken, _ cursor: inout JSONCursor) throws(JSONError) {
        if key.equals("action") {
            action = try cursor.string().decoded ?? ""
        } else if key.equals("message") {
            message = try cursor.string().decoded ?? ""
        } else if key.equals("rejected"), try cursor.peek() == .array {
            try cursor.array { (cursor) throws(JSONError) in
                let raw = String(decoding: try cursor.rawValue(), as: UTF8.self)
                if rejected == nil { rejected = raw }
            }
        } else if key.equals("positions") {
            try cursor.object { (key, cursor) throws(JSONError) in
                let position = try Self.position(&cursor)
                if let stream = key.decoded { positions.append((stream, position)) }
            }
        } else if key.equals("streams"), try cursor.peek() == .array {
            try cursor.array { (cursor) throws(JSONError) in try readStream(&cursor) }
        } else {
            try cursor.skip()
        }
    }

    /// Of a resume: an object. Of a subscribe: its name, which is known.
    private mutating func readStream(_ cursor: inout JSONCursor) throws(JSONError) {
        guard try cursor.peek() == .object else { return try cursor.skip() }
        var (isRecovered, stream, count) = (false, "", 0)
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("recovered") {
                isRecovered = try cursor.bool()
            } else if key.equals("stream") {
                stream = try cursor.string().decoded ?? ""
            } else if key.equals("replayed") {
                count = Int(try cursor.integer())
            } else {
                try cursor.skip()
            }
        }
        replayed += count
        if isRecovered { recovered += 1 } else { notRecovered.append(stream) }
    }

    private static func position(_ cursor: inout JSONCursor) throws(JSONError) -> Position {
        var (epoch, sequence): (Int64, Int64) = (0, 0)
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("epoch") {
                epoch = try cursor.integer()
            } else if key.equals("sequence") {
                sequence = try cursor.integer()
            } else {
                try cursor.skip()
            }
        }
        return Position(epoch: UInt64(max(0, epoch)), sequence: UInt64(max(0, sequence)))
    }
}
