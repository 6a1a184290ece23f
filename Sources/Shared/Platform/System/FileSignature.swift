import Glibc

/// What tells one version of a file from another, without reading it. Links are followed, so one that is set to another file
/// is another version, as Kubernetes does it.
package struct FileSignature: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64
    private let length: Int64
    /// Who may read it: what could not be read may be read now.
    private let mode: UInt32
    private let owner: UInt32
    private let group: UInt32
    private let written: Moment

    private struct Moment: Sendable, Hashable {
        let seconds: Int
        let nanoseconds: Int

        init(_ time: timespec) {
            seconds = time.tv_sec
            nanoseconds = time.tv_nsec
        }
    }

    /// Nil where there is no such file, or none that can be looked at.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        length = Int64(status.st_size)
        (mode, owner, group) = (status.st_mode, status.st_uid, status.st_gid)
        written = Moment(status.st_mtim)
    }
}
