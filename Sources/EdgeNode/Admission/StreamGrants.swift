import Core

/// Streams that a credential names by patterns: `ticker.*`, `orders.$sub`. A value; any thread.
///
/// Parts with dots in between: `*` stands for any one part, `$sub` for the user's own name as it stands in stream names,
/// anything else for itself. What is no pattern stands for no stream.
package struct StreamGrants: Sendable, Hashable {
    private enum Part: Sendable, Hashable {
        case any
        case literal(String)
    }

    private let patterns: [[Part]]

    /// - Parameter user: Nil where there is none: then `$sub` stands for nothing.
    package init(_ patterns: [String], user: String?) {
        let own = user.flatMap(UserPart.init(of:))
        self.patterns = patterns.compactMap { pattern in
            var parts: [Part] = []
            for piece in pattern.split(separator: ".", omittingEmptySubsequences: false) {
                switch piece {
                case "*": parts.append(.any)
                case "$sub":
                    guard let own else { return nil }
                    parts.append(.literal(own.text))
                default: parts.append(.literal(String(piece)))
                }
            }
            return parts
        }
    }

    package func cover(_ stream: StreamName) -> Bool {
        let pieces = stream.canonical.split(separator: ".", omittingEmptySubsequences: false)
        return patterns.contains { parts in
            parts.count == pieces.count
                && zip(parts, pieces).allSatisfy { part, piece in
                    switch part {
                    case .any: true
                    case .literal(let text): text == piece
                    }
                }
        }
    }
}
