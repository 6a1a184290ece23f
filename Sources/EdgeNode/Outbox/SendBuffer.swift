import Glibc
import NIOCore

/// Where a shard puts the frames of one client behind one another, so that one system call sends them all. One for each
/// shard, used on its loop.
///
/// Copying some kilobytes within the cache costs less than the kernel's handling of a list of pieces.
final class SendBuffer {
    /// What one call sends at most, unless a single frame is longer.
    static let capacity = 65_536
    /// Whoever has been written so much in one turn is sent it before more is written: with a frame of the usual size it
    /// still fits.
    static let plenty = 49_152

    // Safe: allocated here, freed in deinit, and handed out only for the time of a closure.
    private let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    private(set) var count = 0

    deinit { storage.deallocate() }

    func removeAll() { count = 0 }

    /// False where there is no room left for it.
    @discardableResult
    func add(_ frame: UnsafeRawBufferPointer) -> Bool {
        let end = count + frame.count
        guard end <= Self.capacity else { return false }
        UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: frame)
        count = end
        return true
    }

    var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<count]) }
}

@available(*, unavailable)
extension SendBuffer: Sendable {}
