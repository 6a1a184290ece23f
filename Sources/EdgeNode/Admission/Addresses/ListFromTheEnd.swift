/// The elements of a header that is a list (RFC 9110, 5.6.1), from the last to the first, one when it is asked for. Pure.
///
/// From the end, since what stands before may be anybody's: a quote that somebody has left open there takes nothing away from
/// what was written behind it.
struct ListFromTheEnd: Sequence, IteratorProtocol {
    /// Lines of the header that have not been begun.
    private var lines: [String]
    /// What is left of the one that has been; nil for none.
    private var rest: Substring?

    /// - Parameter lines: The values of all headers of that name, in their order.
    init(_ lines: [String]) {
        self.lines = lines
    }

    /// Empty ones are passed over.
    mutating func next() -> Substring? {
        while let line = rest ?? lines.popLast()?[...] {
            let (element, before) = Self.cut(line, at: UInt8(ascii: ","))
            rest = before
            let text = Self.trim(element)
            if !text.isEmpty { return text }
        }
        return nil
    }

    /// At the last separator that stands outside quotes; all of it where there is none.
    static func cut(_ line: Substring, at separator: UInt8) -> (last: Substring, before: Substring?) {
        let bytes = line.utf8
        var isQuoted = false
        var end = bytes.endIndex
        while end > bytes.startIndex {
            let position = bytes.index(before: end)
            switch bytes[position] {
            case UInt8(ascii: "\"") where !isQuoted || !isEscaped(bytes[..<position]): isQuoted.toggle()
            case separator where !isQuoted: return (line[end...], line[..<position])
            default: break
            }
            end = position
        }
        return (line, nil)
    }

    static func trim(_ text: Substring) -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    /// Whether what comes behind these is meant as it stands.
    private static func isEscaped(_ before: Substring.UTF8View) -> Bool {
        !before.reversed().prefix { $0 == UInt8(ascii: "\\") }.count.isMultiple(of: 2)
    }
}
