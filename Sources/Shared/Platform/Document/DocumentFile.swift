import FoundationEssentials
import Glibc

/// The file of the document. Blocks where its disk does; not for event loops.
struct DocumentFile: Sendable {
    /// Larger ones are refused: nobody writes one, and a process must not be made to read it.
    static let maximumLength = 1 << 20

    /// What tells one version of the file from another, without reading it. Links are followed, so one that is set to
    /// another file is another version, as Kubernetes does it.
    struct Signature: Hashable {
        private let device: UInt64
        private let inode: UInt64
        private let length: Int64
        private let seconds: Int
        private let nanoseconds: Int

        /// Nil where there is no such file, or none that can be looked at.
        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            length = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    let path: String
    let sections: [any DocumentSection.Type]
    let environment: [String: String]

    var signature: Signature? { Signature(path: path) }

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
