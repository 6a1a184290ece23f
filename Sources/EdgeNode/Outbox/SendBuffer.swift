import Glibc
import NIOCore

/// Where a shard puts the frames of one client behind one another, so that one system call sends them all. One for each
/// shard, used on its loop.
///
/// Copying some kilobytes within the cache costs less than the kernel's handling of a list of pieces.
final class SendBuffer {
    /// What one call sends at most, unless a single frame is longer.
    static let capacity = 65_536

    // Safe: allocated here, freed in deinit, and handed out only for the time of a closure.
    private let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    private(set) var count = 0

    deinit { storage.deallocate() }

    func removeAll() { count = 0 }

    /// False where there is no room left for it.
    func add(_ frame: ByteBuffer) -> Bool {
        let end = count + frame.readableBytes
        guard end <= Self.capacity else { return false }
        frame.withUnsafeReadableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
        }
        count = end
        return true
    }

    var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }
}

@available(*, unavailable)
extension SendBuffer: Sendable {}
