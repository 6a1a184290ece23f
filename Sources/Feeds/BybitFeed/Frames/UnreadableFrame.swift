import Core

/// Whose a frame may have been that can't be read, as far as its bytes tell: what it was is lost, and only a stream that
/// may have lost it must be told.
///
/// The exchange's data frames are objects that name their topic, nearly always at their beginning. So a text that does
/// not begin like an object is nobody's, nor is an answer to a request. One that begins like a data frame and breaks off
/// before its topic may have been for any topic of the connection.
enum UnreadableFrame: Equatable {
    case ofTopic(String)
    case ofAnyTopic
    case ofNone

    private static let keysOfAnswers: [StaticString] = [
        "\"success\"", "\"op\"", "\"ret_msg\"", "\"req_id\"", "\"conn_id\"", "\"args\"",
    ]

    /// - Parameter bytes: The frame, or as much of its beginning as is left of it.
    init(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) {
        var cursor = JSONCursor(bytes)
        guard (try? cursor.peek()) == .object else {
            self = .ofNone
            return
        }
        if let behind = Self.end(of: "\"topic\"", in: bytes) {
            self = Self.topic(at: behind, in: bytes).map { .ofTopic($0) } ?? .ofAnyTopic
        } else if isWhole && Self.isWellFormed(bytes)
            || Self.keysOfAnswers.contains(where: { Self.end(of: $0, in: bytes) != nil })
        {
            self = .ofNone
        } else {
            self = .ofAnyTopic
        }
    }

    private static func topic(at position: Int, in bytes: UnsafeRawBufferPointer) -> String? {
        guard let colon = bytes[position...].firstIndex(where: { $0 > 0x20 }), bytes[colon] == UInt8(ascii: ":") else {
            return nil
        }
        var cursor = JSONCursor(bytes, at: colon + 1)
        return try? cursor.plainString()
    }

    private static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var cursor = JSONCursor(bytes)
        do throws(JSONError) {
            try cursor.skip()
            try cursor.end()
            return true
        } catch {
            return false
        }
    }

    /// For a line of the log; a topic that is longer than any is cut short.
    var words: String {
        switch self {
        case .ofTopic(let name): "of the topic \(name.prefix(80))"
        case .ofAnyTopic: "of a topic that can't be told"
        case .ofNone: "of no topic"
        }
    }

    /// Where the first `word` ends; nil where there is none.
    private static func end(of word: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        let count = word.utf8CodeUnitCount
        guard bytes.count >= count else { return nil }
        return (0...(bytes.count - count)).first { start in
            (0..<count).allSatisfy { bytes[start + $0] == word.utf8Start[$0] }
        }.map { $0 + count }
    }
}
