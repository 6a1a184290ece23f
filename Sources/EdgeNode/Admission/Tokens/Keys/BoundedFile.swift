import Glibc

/// Reads a file of bounded length whole. Blocks where its disk does; not for event loops.
enum BoundedFile {
    /// Completes "FILE: ...".
    struct Unreadable: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    static func read(_ path: String, maximumLength: Int) throws(Unreadable) -> [UInt8] {
        guard let handle = fopen(path, "re") else {
            throw Unreadable(description: "it can't be opened: \(String(cString: strerror(errno)))")
        }
        defer { fclose(handle) }
        // One byte more than it may have.
        var bytes = [UInt8](repeating: 0, count: maximumLength + 1)
        let count = fread(&bytes, 1, bytes.count, handle)
        guard ferror(handle) == 0 else { throw Unreadable(description: "it can't be read: is it a file?") }
        guard count <= maximumLength else { throw Unreadable(description: "it is longer than \(maximumLength) bytes") }
        return Array(bytes.prefix(count))
    }
}
