/// Names of one kind of streams, as a pattern: `heat.{1..9}.{word}`.
///
/// Parts with dots in between: the first is the kind's own word; each other is a word, a range of whole numbers, or `{word}`,
/// which stands for any part of letters, digits, `-` and `_`.
package struct StreamPattern: Sendable, Hashable, CustomStringConvertible {
    private enum Part: Sendable, Hashable {
        case literal(String)
        case range(ClosedRange<Int>)
        case word
    }

    /// Why a text is no pattern, for the person who wrote it.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let description: String

        init(_ pattern: String, _ reason: String) {
            description = "'\(pattern)' is no pattern of stream names: \(reason)"
        }
    }

    package let description: String
    private let parts: [Part]

    package init(_ text: String) throws(Malformed) {
        let pieces = Self.pieces(of: text)
        guard pieces.count > 1 else {
            throw Malformed(text, "it needs two parts at least, with a dot in between, like 'heat.{word}'")
        }
        var parts: [Part] = []
        for piece in pieces { parts.append(try Self.part(piece, of: text)) }
        guard case .literal = parts[0] else {
            throw Malformed(
                text,
                "it must begin with a word of its own, like 'heat', by which its streams are told apart"
            )
        }
        self.parts = parts
        description = text
    }

    /// The word with which its names begin.
    package var typeName: String { if case .literal(let word) = parts[0] { word } else { "" } }

    /// How many parts its names have.
    package var length: Int { parts.count }

    /// A name of this pattern with these parts, where nil stands for any; nil where there is none.
    ///
    /// - Parameter word: Stands where any word may.
    package func name(with pieces: [String?], word: String) -> String? {
        guard pieces.count == parts.count else { return nil }
        var name: [String] = []
        for (part, piece) in zip(parts, pieces) {
            let own =
                switch part {
                case .literal(let text): text
                case .range(let range): "\(range.lowerBound)"
                case .word: word
                }
            guard Self.matches(part, (piece ?? own)[...]) else { return nil }
            name.append(piece ?? own)
        }
        return name.joined(separator: ".")
    }

    package func matches(_ pieces: [Substring]) -> Bool {
        pieces.count == parts.count && zip(parts, pieces).allSatisfy { Self.matches($0, $1) }
    }

    /// Whether a name can fit both.
    package func overlaps(_ other: StreamPattern) -> Bool {
        parts.count == other.parts.count && zip(parts, other.parts).allSatisfy { Self.overlaps($0, $1) }
    }

    private static func overlaps(_ left: Part, _ right: Part) -> Bool {
        switch (left, right) {
        case (.literal(let word), _): matches(right, word[...])
        case (_, .literal(let word)): matches(left, word[...])
        case (.range(let left), .range(let right)): left.overlaps(right)
        case (.word, _), (_, .word): true
        }
    }

    private static func matches(_ part: Part, _ text: Substring) -> Bool {
        switch part {
        case .literal(let word): text == word
        // Only as a number is written: 07 would be another name for 7.
        case .range(let range): Int(text).map { range.contains($0) && String($0) == text } ?? false
        case .word: StreamName.isPart(text)
        }
    }

    /// Cut at the dots that do not stand in braces.
    private static func pieces(of text: String) -> [Substring] {
        var depth = 0
        return text.split(omittingEmptySubsequences: false) { character in
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            return character == "." && depth <= 0
        }
    }

    private static func part(_ piece: Substring, of text: String) throws(Malformed) -> Part {
        guard piece.first == "{" else {
            guard StreamName.isPart(piece) else {
                throw Malformed(text, "its part '\(piece)' is not made of letters, digits, - and _")
            }
            return .literal(String(piece))
        }
        guard piece.last == "}" else { throw Malformed(text, "'\(piece)' is not closed by a brace") }
        let inside = piece.dropFirst().dropLast()
        if inside == "word" { return .word }
        let bounds = inside.split(separator: "..", omittingEmptySubsequences: false)
        guard bounds.count == 2, let low = Int(bounds[0]), let high = Int(bounds[1]), low >= 0 else {
            throw Malformed(text, "'\(piece)' is neither {word} nor a range of whole numbers, like {1..9}")
        }
        guard low <= high else { throw Malformed(text, "the range '\(piece)' ends before it begins") }
        return .range(low...high)
    }
}
