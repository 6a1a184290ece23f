import Core
import Yams

/// A place in the document while it is read: knows its line, and says in words what is wrong there. Lives within the
/// reading of one version.
package struct DocumentNode {
    private let node: Node
    /// Where it is, for a person: `streams[0].class`.
    private let path: String
    private let environment: [String: String]

    init(_ node: Node, path: String, environment: [String: String]) {
        self.node = node
        self.path = path
        self.environment = environment
    }

    package var line: Int? { node.mark?.line }

    /// For what a section finds wrong itself. `reason` follows the place: "streams[0].name is ...".
    package func refusal(_ reason: String) -> DocumentError { DocumentError(line: line, "\(path) \(reason)") }

    /// The fields of a mapping; throws for each that is not known or is lacking. (The parser
    /// refuses one that is there twice.)
    package func fields(
        _ optional: [String] = [],
        requiring required: [String] = []
    ) throws(DocumentError) -> DocumentFields {
        guard let mapping = node.mapping else {
            throw refusal("is \(kind); give a mapping, with \((required + optional).joined(separator: ", "))")
        }
        let known = required + optional
        var fields: [String: DocumentNode] = [:]
        var problems: [DocumentProblem] = []
        for (key, value) in mapping {
            let line = key.mark?.line ?? line
            let name = key.scalar?.string ?? ""
            if !known.contains(name) {
                let hint = nearestName(to: name, among: known).map { "did you mean \($0)?" }
                let reason = hint ?? "known are \(known.joined(separator: ", "))"
                problems.append(DocumentProblem(line: line, "\(place(of: name)) is not known; \(reason)"))
            } else {
                fields[name] = DocumentNode(value, path: place(of: name), environment: environment)
            }
        }
        for name in required where fields[name] == nil {
            problems.append(DocumentProblem(line: line, "\(path.isEmpty ? "the document" : path) lacks '\(name)'"))
        }
        guard problems.isEmpty else { throw DocumentError(problems) }
        return DocumentFields(self, fields)
    }

    /// The entries of a list, each as `read` makes it; throws what is wrong in all of them.
    package func entries<Entry>(
        _ read: (DocumentNode) throws(DocumentError) -> Entry
    ) throws(DocumentError) -> [Entry] {
        guard let sequence = node.sequence else {
            throw refusal("is \(kind); give a list, with '- ' before each entry")
        }
        var entries: [Entry] = []
        var problems: [DocumentProblem] = []
        for (index, entry) in sequence.enumerated() {
            do throws(DocumentError) {
                entries.append(try read(DocumentNode(entry, path: "\(path)[\(index)]", environment: environment)))
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw DocumentError(problems) }
        return entries
    }

    package func text() throws(DocumentError) -> String {
        guard let text = node.scalar?.string, !isNull else { throw refusal("is \(kind); give a text") }
        return text
    }

    package func number(within range: ClosedRange<Int>) throws(DocumentError) -> Int {
        guard let text = node.scalar?.string, let number = Int(text), range.contains(number) else {
            throw refusal("is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    package func choice<Choice>(of choices: [(word: String, choice: Choice)]) throws(DocumentError) -> Choice {
        let text = try text()
        guard let choice = choices.first(where: { $0.word == text }) else {
            let words = choices.map(\.word)
            let hint = nearestName(to: text, among: words).map { "did you mean \($0)?" }
            throw refusal("is \(quotedForMessage(text)); \(hint ?? "give one of \(words.joined(separator: ", "))")")
        }
        return choice.choice
    }

    /// `{env: NAME}` or `{file: PATH}`, read at once. A text in its place is refused and not repeated.
    package func secret() throws(DocumentError) -> DocumentSecret {
        guard node.mapping != nil else {
            throw refusal("is a secret, which never stands here as text: give {env: NAME} or {file: PATH}")
        }
        let fields = try fields(["env", "file"])
        switch (fields["env"], fields["file"]) {
        case (let variable?, nil): return try DocumentSecret(variable: variable, environment)
        case (nil, let file?): return try DocumentSecret(file: file)
        default: throw refusal("is a secret: give one of {env: NAME} and {file: PATH}")
        }
    }

    private func place(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private var isNull: Bool { node.tag.description.hasSuffix(":null") }

    private var kind: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar where isNull: "empty"
        case .scalar: "one value"
        case .alias: "a reference"
        }
    }
}

/// The fields of a mapping in the document, by their names.
package struct DocumentFields {
    private let node: DocumentNode
    private let fields: [String: DocumentNode]

    init(_ node: DocumentNode, _ fields: [String: DocumentNode]) {
        self.node = node
        self.fields = fields
    }

    package subscript(_ name: String) -> DocumentNode? { fields[name] }

    /// One of those that were required.
    package func required(_ name: String) throws(DocumentError) -> DocumentNode {
        guard let field = fields[name] else { throw node.refusal("lacks '\(name)'") }
        return field
    }
}
