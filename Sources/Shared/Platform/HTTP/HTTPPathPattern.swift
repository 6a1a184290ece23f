/// The path of a page: its text, or parts of which some are names in braces that stand for whatever comes there. Pure.
struct HTTPPathPattern {
    private enum Part {
        case text(Substring)
        case parameter(String)
    }

    private let text: String
    /// Nil where each part is what it says.
    private let parts: [Part]?

    init(_ text: String) {
        self.text = text
        let parts = Self.split(text[...]).map { part -> Part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .text(part) }
            return .parameter(String(part.dropFirst().dropLast()))
        }
        let hasParameters = parts.contains { if case .parameter = $0 { true } else { false } }
        self.parts = hasParameters ? parts : nil
    }

    /// What stands for the parameters, decoded; nil where it is another path.
    func match(_ path: Substring) -> [String: String]? {
        guard let parts else { return path == text ? [:] : nil }
        let given = Self.split(path)
        guard given.count == parts.count else { return nil }
        var values: [String: String] = [:]
        for (part, given) in zip(parts, given) {
            switch part {
            case .text(let text): guard text == given else { return nil }
            case .parameter(let name):
                guard let value = String(percentEncoded: given), !value.isEmpty else { return nil }
                values[name] = value
            }
        }
        return values
    }

    private static func split(_ path: Substring) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }
}
