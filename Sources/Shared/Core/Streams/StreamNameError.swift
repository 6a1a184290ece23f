/// Why a spelling names no stream. `description` is the reason that the client reads.
package enum StreamNameError: Error, Hashable, CustomStringConvertible {
    /// None of these kinds of streams, which are all that were asked. Another catalog may have it.
    case unknownType(String, expected: [String])
    /// It is of a kind that is known, or of none at all, and is not well formed: in words.
    case invalid(String)

    package static func format(_ text: String) -> StreamNameError { .invalid("Invalid stream format: \(text)") }

    package var description: String {
        switch self {
        case .unknownType(let type, let expected):
            "Invalid stream type: \(type). Expected one of \(Self.list(expected))"
        case .invalid(let reason): reason
        }
    }

    /// `['depth', 'kline']`: how a reason lists what would be right.
    package static func list(_ words: [String]) -> String {
        "[" + words.map { "'\($0)'" }.joined(separator: ", ") + "]"
    }
}
