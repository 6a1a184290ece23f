import FoundationEssentials
import Glibc

/// The file of the document. Blocks where its disk does; not for event loops.
struct DocumentFile: Sendable {
    /// Larger ones are refused: nobody writes one, and a process must not be made to read it.
    static let maximumLength = 1 << 20

    let path: String
    let sections: [any DocumentSection.Type]
    let environment: [String: String]

    /// In a list, as `FileChanges` takes it; nil where there is no such file.
    var signatures: [FileSignature]? { FileChanges.signatures(of: [path]) }

    func read() throws(DocumentError) -> Document {
        let handle = fopen(path, "r")
        guard let handle else {
            throw DocumentError(line: nil, "it can't be opened: \(String(cString: strerror(errno)))")
        }
        defer { fclose(handle) }
        // One byte more than it may have.
        var bytes = [UInt8](repeating: 0, count: Self.maximumLength + 1)
        let count = fread(&bytes, 1, bytes.count, handle)
        guard ferror(handle) == 0 else { throw DocumentError(line: nil, "it can't be read: is it a file?") }
        guard count <= Self.maximumLength else { throw DocumentError(line: nil, "it is longer than 1 MiB") }
        guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
            throw DocumentError(line: nil, "it is not text in UTF-8")
        }
        return try Document(yaml: text, sections: sections, environment: environment)
    }
}
