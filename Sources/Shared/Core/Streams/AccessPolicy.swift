/// Who may read the streams of one pattern: `orders.{user}` its owner, `desk.*` whoever has a role. A value; any thread.
///
/// The pattern has parts with dots in between: `*` stands for any one part, `{user}` for the part that names the owner, anything
/// else for itself.
package struct AccessPolicy: Sendable, Hashable, CustomStringConvertible {
    package enum Rule: Sendable, Hashable {
        case everybody
        case authenticated
        /// Whose name stands at `{user}`.
        case owner
        case role(String)
    }

    /// Why a text is no pattern, for the person who wrote it.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    private enum Part: Sendable, Hashable {
        case any
        case user
        case literal(String)
    }

    /// The pattern as it was written.
    package let description: String
    private let parts: [Part]
    private let rule: Rule

    package init(_ pattern: String, _ rule: Rule) throws(Malformed) {
        var parts: [Part] = []
        for piece in pattern.split(separator: ".", omittingEmptySubsequences: false) {
            switch piece {
            case "*": parts.append(.any)
            case "{user}": parts.append(.user)
            case _ where StreamName.isPart(piece): parts.append(.literal(String(piece)))
            default:
                throw Malformed(description: "its part '\(piece)' is neither a word, nor * (any part), nor {user}")
            }
        }
        guard parts.count > 1 else {
            throw Malformed(description: "it needs two parts at least, with a dot in between, like 'orders.{user}'")
        }
        let owners = parts.count { $0 == .user }
        guard (owners == 1) == (rule == .owner), owners < 2 else {
            let reason = "it needs one part {user} where the owner may read, and none where others may"
            throw Malformed(description: reason)
        }
        self.parts = parts
        self.rule = rule
        description = pattern
    }

    /// The pattern's parts, nil for those that stand for more than themselves.
    var pieces: [String?] {
        parts.map { part in if case .literal(let text) = part { text } else { nil } }
    }

    /// Who may read this stream; nil where it is not of the pattern.
    package func access(to stream: StreamName) -> Access? {
        let pieces = stream.canonical.split(separator: ".", omittingEmptySubsequences: false)
        guard pieces.count == parts.count else { return nil }
        var user: Substring?
        for (part, piece) in zip(parts, pieces) {
            switch part {
            case .any: continue
            case .user: user = piece
            case .literal(let text): guard text == piece else { return nil }
            }
        }
        switch rule {
        case .everybody: return .everybody
        case .authenticated: return .authenticated
        case .owner: return user.map { .owner(String($0)) }
        case .role(let role): return .role(role)
        }
    }
}
