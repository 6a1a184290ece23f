import FoundationEssentials

/// A secret that the document names and does not hold. Read with the document, so it is checked at the start; what changes
/// in its file is read when the document changes. It never prints its value.
package struct DocumentSecret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Longer ones are none: a key of RSA has some thousand bytes.
    static let maximumLength = 64 << 10

    package let value: String
    /// Where it is: "the variable NAME".
    package let description: String

    package var debugDescription: String { description }

    init(variable node: DocumentNode, _ environment: [String: String]) throws(DocumentError) {
        let name = try node.text()
        description = "the variable \(name)"
        value = environment[name] ?? ""
        guard !value.isEmpty else {
            throw node.refusal("names the variable \(quotedForMessage(name)), which is not set")
        }
    }

    init(file node: DocumentNode) throws(DocumentError) {
        let path = try node.text()
        description = "the file \(path)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw node.refusal("names the file \(quotedForMessage(path)), which can't be read")
        }
        guard data.count <= Self.maximumLength, let text = String(data: data, encoding: .utf8) else {
            throw node.refusal("names the file \(quotedForMessage(path)), which is no text of at most 64 KiB")
        }
        // The line's end, which every editor leaves.
        value = text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard !value.isEmpty else { throw node.refusal("names the file \(quotedForMessage(path)), which is empty") }
    }
}
