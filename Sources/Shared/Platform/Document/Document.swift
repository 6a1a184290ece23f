import Yams

/// What the file of `TIDEGATE_DOCUMENT` says: one version of it, read and checked whole. A value.
///
/// ```yaml
/// version: 1
/// streams:
///   - name: heat.{1..9}.{word}
///     class: event
/// ```
package struct Document: Sendable {
    package static let version = 1

    private let sections: [String: any DocumentSection]

    /// Without any section: as where no document is named.
    package init() { sections = [:] }

    /// - Parameters:
    ///   - known: The sections that there are. A key that is none of theirs is refused.
    ///   - environment: In which secrets are looked up.
    package init(
        yaml: String,
        sections known: [any DocumentSection.Type],
        environment: [String: String]
    ) throws(DocumentError) {
        let root = DocumentNode(try Self.root(of: yaml), path: "", environment: environment)
        let fields = try root.fields(known.map { $0.key }, requiring: ["version"])
        let version = try fields.required("version")
        guard try version.text() == "\(Self.version)" else {
            throw version.refusal("is not \(Self.version), which is what this release reads")
        }
        var sections: [String: any DocumentSection] = [:]
        var problems: [DocumentProblem] = []
        for section in known {
            guard let node = fields[section.key] else { continue }
            do throws(DocumentError) {
                sections[section.key] = try section.init(node)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw DocumentError(problems) }
        self.sections = sections
    }

    /// Nil where the document has no such section.
    package subscript<Section: DocumentSection>(_: Section.Type) -> Section? { sections[Section.key] as? Section }

    /// The keys of its sections, for the log.
    package var sectionKeys: [String] { sections.keys.sorted() }

    private static func root(of yaml: String) throws(DocumentError) -> Node {
        do {
            guard let root = try Parser(yaml: yaml).singleRoot() else {
                throw DocumentError(line: nil, "it is empty; it begins with 'version: \(version)'")
            }
            guard root.mapping != nil else {
                throw DocumentError(line: root.mark?.line, "it is not a mapping; it begins with 'version: \(version)'")
            }
            return root
        } catch let error as DocumentError {
            throw error
        } catch {
            throw problem(of: error)
        }
    }

    /// The parser's words without the lines that it quotes: they may hold a secret.
    private static func problem(of error: any Error) -> DocumentError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            DocumentError(line: mark.line, "it is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            DocumentError(
                line: context.mark.line,
                "the mapping has a key twice: \(keys.sorted().joined(separator: ", "))"
            )
        case .reader(let problem, _, _, _): DocumentError(line: nil, "it is not YAML: \(problem)")
        default: DocumentError(line: nil, "it is not YAML")
        }
    }
}
