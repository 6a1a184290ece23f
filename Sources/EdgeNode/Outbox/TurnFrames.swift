import NIOCore

/// Frames that have been written to clients of a shard and not been handed to their sockets yet. Lives on the shard's loop.
///
/// A frame is held once, however many clients it is for; what a client adds is one place of 4 bytes in its chain. So a
/// delivery counts no reference and, once the arrays have grown to the size of a busy turn, allocates nothing. Bounded by
/// what a client may have in one turn (`SendBuffer.plenty` and one frame).
struct TurnFrames {
    /// Where a frame is held. Good until its holder has let go of it and every chain is past it.
    typealias Place = Int32

    private struct Held {
        // Safe: the storage is retained from `hold` until the last has let go, as SwiftNIO asks of who keeps the bytes
        // (`TurnFramesTests` would notice), and nobody writes to a storage that others have, too.
        var bytes: UnsafeRawBufferPointer
        var storage: Unmanaged<AnyObject>
        var references: Int32
    }

    /// Places of a chain stand together in blocks of a cache line, the last word of which is the next block.
    private static let block = 16
    private static let perBlock = 15
    /// Counts as more chains than there can be: while a frame is being written, chains need not be counted one by one.
    private static let holder: Int32 = 1 << 30

    private var held: [Held] = []
    private var frames: [ByteBuffer] = []
    private var freePlaces: [Place] = []
    private var blocks: [Int32] = []
    /// Blocks that are not in use, as a chain of their own.
    private var freeBlock: Int32 = -1

    /// Frames that are held now.
    var count: Int { held.count - freePlaces.count }

    /// Holds a frame for the caller, who must let go of it when it has been appended everywhere.
    mutating func hold(_ frame: ByteBuffer) -> Place {
        let entry = frame.withUnsafeReadableBytesWithStorageManagement { bytes, storage in
            Held(bytes: bytes, storage: storage.retain(), references: Self.holder)
        }
        guard let place = freePlaces.popLast() else {
            held.append(entry)
            frames.append(frame)
            return Place(held.count - 1)
        }
        held[Int(place)] = entry
        frames[Int(place)] = frame
        return place
    }

    /// - Parameter chains: How many it has been appended to since it is held.
    mutating func letGo(of place: Place, appendedTo chains: Int32) {
        release(place, Self.holder - chains)
    }

    /// - Parameter bytes: The length of the frame.
    mutating func append(_ place: Place, bytes: Int, to chain: inout FrameChain) {
        if chain.count == 0 {
            chain.first = place
        } else {
            let index = Int(chain.count - 1) % Self.perBlock
            if index == 0 { addBlock(to: &chain) }
            blocks[Int(chain.lastBlock) * Self.block + index] = place
        }
        chain.count += 1
        chain.bytes += bytes
    }

    /// The bytes of the first frame of a chain, which must not be empty. Good until the next change.
    func firstBytes(of chain: FrameChain) -> UnsafeRawBufferPointer { held[Int(chain.first)].bytes }

    /// The frames of a chain, in their order.
    func frames(of chain: FrameChain) -> [ByteBuffer] {
        var list: [ByteBuffer] = []
        list.reserveCapacity(Int(chain.count))
        forEach(in: chain) { list.append(frames[Int($0)]) }
        return list
    }

    mutating func removeAll(from chain: inout FrameChain) {
        guard !chain.isEmpty else { return }
        release(chain.first, 1)
        var (left, block) = (Int(chain.count) - 1, chain.firstBlock)
        while left > 0 {
            let start = Int(block) * Self.block
            for index in start..<start + min(left, Self.perBlock) { release(blocks[index], 1) }
            left -= Self.perBlock
            let next = blocks[start + Self.perBlock]
            blocks[start + Self.perBlock] = freeBlock
            freeBlock = block
            block = next
        }
        chain = FrameChain()
    }

    /// Copies all frames of a chain, which must fit.
    func gather(_ chain: FrameChain, into buffer: SendBuffer) {
        forEach(in: chain) { buffer.add(held[Int($0)].bytes) }
    }

    private func forEach(in chain: FrameChain, _ body: (Place) -> Void) {
        guard !chain.isEmpty else { return }
        body(chain.first)
        var (left, block) = (Int(chain.count) - 1, chain.firstBlock)
        while left > 0 {
            let start = Int(block) * Self.block
            for index in start..<start + min(left, Self.perBlock) { body(blocks[index]) }
            left -= Self.perBlock
            block = blocks[start + Self.perBlock]
        }
    }

    private mutating func release(_ place: Place, _ count: Int32) {
        held[Int(place)].references -= count
        guard held[Int(place)].references == 0 else { return }
        held[Int(place)].storage.release()
        frames[Int(place)] = ByteBuffer()
        freePlaces.append(place)
    }

    private mutating func addBlock(to chain: inout FrameChain) {
        let block: Int32
        if freeBlock >= 0 {
            block = freeBlock
            freeBlock = blocks[Int(block) * Self.block + Self.perBlock]
        } else {
            block = Int32(blocks.count / Self.block)
            blocks.append(contentsOf: repeatElement(-1, count: Self.block))
        }
        if chain.count == 1 {
            chain.firstBlock = block
        } else {
            blocks[Int(chain.lastBlock) * Self.block + Self.perBlock] = block
        }
        chain.lastBlock = block
    }
}
