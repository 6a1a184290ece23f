import Core

/// What has been read of a heartbeat, before it is known whether it is whole. A value that lives for one reading.
struct HeartbeatFields {
    var version: Int64?
    var epoch: UInt64?
    var sentAt: Int64?
    var upstream: UpstreamStatus?
    var instruments: UInt64?
    var hasConnected = false
    /// The epoch is nil where it is the heartbeat's own, which may come later.
    private var told: [(stream: StreamName, epoch: UInt64?, sequence: UInt64)] = []

    /// Those that can be: a name or a number that makes no sense here is passed over.
    func positions(in epoch: UInt64) -> [StreamName: Position] {
        var positions: [StreamName: Position] = [:]
        for (stream, own, sequence) in told {
            let position = Position(epoch: own ?? epoch, sequence: sequence)
            if position.isPossible { positions[stream] = position }
        }
        return positions
    }

    mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("version") {
                version = try cursor.integer()
            } else if key.equals("epoch") {
                epoch = try Self.number(&cursor)
            } else if key.equals("sent_at") {
                sentAt = try cursor.integer()
            } else if key.equals("upstream") {
                upstream = try status(&cursor)
            } else if key.equals("instruments") {
                instruments = UInt64(hexadecimal: try cursor.plainString())
            } else if key.equals("positions") {
                try readPositions(&cursor)
            } else {
                try cursor.skip()
            }
        }
    }

    /// `{"trade.BTCUSDT":5,"orders.user1":[3,9]}`: a sequence, or an epoch and a sequence.
    private mutating func readPositions(_ cursor: inout JSONCursor) throws(JSONError) {
        told = []
        guard try cursor.peek() == .object else { return try cursor.skip() }
        try cursor.object { (key, cursor) throws(JSONError) in
            let stream = key.decoded.flatMap { try? StreamName(canonical: $0) }
            var numbers: [UInt64] = []
            var isOwn = false
            switch try cursor.peek() {
            case .number:
                isOwn = true
                if let number = try? Self.number(&cursor) as UInt64 { numbers.append(number) }
            case .array:
                try cursor.array { (cursor) throws(JSONError) in
                    guard try cursor.peek() == .number else { return try cursor.skip() }
                    if let number = try? Self.number(&cursor) as UInt64 { numbers.append(number) }
                }
            default: try cursor.skip()
            }
            guard let stream, numbers.count == (isOwn ? 1 : 2) else { return }
            told.append((stream, isOwn ? nil : numbers[0], numbers[numbers.count - 1]))
        }
    }

    private mutating func status(_ cursor: inout JSONCursor) throws(JSONError) -> UpstreamStatus {
        var status = UpstreamStatus()
        var hasConnected = false
        var unreadable: (count: Int, examples: [String]) = (0, [])
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("connected") {
                status.isConnected = try cursor.bool()
                hasConnected = true
            } else if key.equals("category") {
                // Nothing that needs escaping: it is written into pages as it stands.
                status.category = try cursor.plainString()
            } else if key.equals("subscribed") {
                status.subscribedCount = Int(try cursor.integer())
            } else if key.equals("received") {
                status.messagesReceived = Int(try cursor.integer())
            } else if key.equals("skipped") {
                status.messagesSkipped = Int(try cursor.integer())
            } else if key.equals("reconnects") {
                status.reconnectCount = Int(try cursor.integer())
            } else if key.equals("last_message_ago") {
                let seconds: Double = try Self.number(&cursor)
                guard seconds.isFinite else { throw JSONError(.badNumber, at: cursor.position) }
                status.lastDataAgo = seconds
            } else if key.equals("simulated") {
                status.isSimulated = try cursor.bool()
            } else if key.equals("unreadable_topics") {
                unreadable.count = Int(try cursor.integer())
            } else if key.equals("unreadable_examples") {
                try cursor.array { (cursor) throws(JSONError) in
                    unreadable.examples.append(try cursor.plainString())
                }
            } else if key.equals("problems") {
                status.problems = try Self.words(&cursor)
            } else if key.equals("notices") {
                status.notices = try Self.words(&cursor)
            } else {
                try cursor.skip()
            }
        }
        status.unreadable = UnreadableTopics(count: unreadable.count, examples: unreadable.examples)
        self.hasConnected = hasConnected
        return status
    }

    private static func words(_ cursor: inout JSONCursor) throws(JSONError) -> [String] {
        var words: [String] = []
        try cursor.array { (cursor) throws(JSONError) in
            let text = try cursor.string().decoded ?? "?"
            if words.count < Heartbeat.maximumWords { words.append(String(text.prefix(Heartbeat.maximumWordsLength))) }
        }
        return words
    }

    /// A number of another type than the cursor reads by itself.
    private static func number<Number: LosslessStringConvertible>(
        _ cursor: inout JSONCursor
    ) throws(JSONError) -> Number {
        guard try cursor.peek() == .number else { throw JSONError(.wrongType, at: cursor.position) }
        let start = cursor.position
        guard let number = Number(String(decoding: try cursor.rawValue(), as: UTF8.self)) else {
            throw JSONError(.wrongType, at: start)
        }
        return number
    }
}
