import Glibc

/// What tells one version of a file from another, without reading it. Links are followed, so one that is set to another file
/// is another version, as Kubernetes does it.
package struct FileSignature: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64
    private let length: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil where there is no such file, or none that can be looked at.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        length = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
