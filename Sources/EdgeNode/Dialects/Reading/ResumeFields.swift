import Core

/// The keys of a request that only a resume has: positions, `lastSequence`, a token. A key that is null is as one that
/// is not there.
struct ResumeFields {
    private static let badPositions =
        #""positions" must be an object like {"ticker:BTCUSDT":{"epoch":7,"sequence":5}}: "#
        + #"whole numbers that are not negative; "epoch" may be left out"#
    private static let badLastSequence =
        #""lastSequence" must be a whole number that is not negative, like 1042"#
    private static let badToken = "A resume token must be a string, as it was given out"

    private(set) var positions: [(spelling: String, claim: ResumeClaim)] = []
    private(set) var lastSequence: UInt64?
    private(set) var token: String?
    /// By key, so that a key that stands there again is read anew.
    private var positionsError: String?
    private var lastSequenceError: String?
    private var tokenError: String?

    /// What is wrong with them, in words.
    var error: String? { positionsError ?? lastSequenceError ?? tokenError }

    /// False where the key is not one of these: then its value is still to be read.
    mutating func read(_ key: JSONToken, _ cursor: inout JSONCursor) throws(JSONError) -> Bool {
        if key.equals("positions") {
            try readPositions(&cursor)
        } else if key.equals("lastSequence") {
            (lastSequence, lastSequenceError) = (nil, nil)
            guard try cursor.peek() != .null else {
                try cursor.skip()
                return true
            }
            lastSequence = try Self.number(&cursor)
            lastSequenceError = lastSequence == nil ? Self.badLastSequence : nil
        } else if key.equals("token") || key.equals("resumeToken") {
            try readToken(&cursor)
        } else {
            return false
        }
        return true
    }

    private mutating func readToken(_ cursor: inout JSONCursor) throws(JSONError) {
        let kind = try cursor.peek()
        (token, tokenError) = (nil, nil)
        guard kind == .string else {
            tokenError = kind == .null ? nil : Self.badToken
            return try cursor.skip()
        }
        token = try cursor.string().decoded
        tokenError = token == nil ? Self.badToken : nil
    }

    private mutating func readPositions(_ cursor: inout JSONCursor) throws(JSONError) {
        let kind = try cursor.peek()
        (positions, positionsError) = ([], nil)
        guard kind == .object else {
            positionsError = kind == .null ? nil : Self.badPositions
            return try cursor.skip()
        }
        var list: [(spelling: String, claim: ResumeClaim)] = []
        var error: String?
        try cursor.object { (key, cursor) throws(JSONError) in
            guard list.count < StreamList.maximumCount else {
                error = "Max \(StreamList.maximumCount) positions in one request"
                return try cursor.skip()
            }
            guard let spelling = key.decoded else { throw JSONError(.badString, at: cursor.position) }
            if let claim = try Self.claim(&cursor) {
                list.append((spelling, claim))
            } else {
                error = Self.badPositions
            }
        }
        positions = list
        positionsError = error
    }

    /// `{"epoch":7,"sequence":5}`; nil where it makes no sense.
    private static func claim(_ cursor: inout JSONCursor) throws(JSONError) -> ResumeClaim? {
        guard try cursor.peek() == .object else {
            try cursor.skip()
            return nil
        }
        var epoch: UInt64?
        var sequence: UInt64?
        var isValid = true
        try cursor.object { (key, cursor) throws(JSONError) in
            if key.equals("epoch") {
                let isGiven = try cursor.peek() != .null
                epoch = try number(&cursor)
                isValid = isValid && (epoch != nil || !isGiven)
            } else if key.equals("sequence") {
                sequence = try number(&cursor)
            } else {
                try cursor.skip()
            }
        }
        guard isValid, let sequence else { return nil }
        return ResumeClaim(epoch: epoch, sequence: sequence)
    }

    /// A whole number of 64 bits, without the detour over a double that would change its last digits; nil where the
    /// value is anything else.
    private static func number(_ cursor: inout JSONCursor) throws(JSONError) -> UInt64? {
        let isNumber = try cursor.peek() == .number
        let text = try cursor.rawValue()
        return isNumber ? UInt64(String(decoding: text, as: UTF8.self)) : nil
    }
}
