/// One thing that is wrong in the document: where, and what would be right. Its description is one line for a person.
package struct DocumentProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1; nil where the document as a whole is meant.
    package let line: Int?
    /// Never has a text of the document that may be a secret.
    package let reason: String

    package init(line: Int?, _ reason: String) {
        self.line = line
        self.reason = reason
    }

    package var description: String { line.map { "line \($0): \(reason)" } ?? reason }
}

/// Everything that was found wrong in a document, so that it can be put right in one go. Never empty.
package struct DocumentError: Error, Sendable, Hashable, CustomStringConvertible {
    package let problems: [DocumentProblem]

    package init(_ problems: [DocumentProblem]) { self.problems = problems }

    package init(line: Int?, _ reason: String) { problems = [DocumentProblem(line: line, reason)] }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
