import NIOCore

/// Frames that have been written to clients of a shard and not been handed to their sockets yet. Lives on the shard's loop.
///
/// A frame is held once, however many clients it is for; what a client adds is one entry of 8 bytes in its chain. So a
/// delivery counts no reference and, once the arrays have grown to the size of a busy turn, allocates nothing. Bounded by
/// what a client may have in one turn (`SendBuffer.capacity` and one frame).
struct TurnFrames {
    /// Where a frame is held. Good until its holder has let go of it and every chain is past it.
    typealias Place = Int32

    private struct Held {
        var frame: ByteBuffer
        var references: Int32
    }

    private struct Entry {
        var place: Place
        var next: Int32
    }

    private var held: [Held] = []
    private var freePlaces: [Place] = []
    private var entries: [Entry] = []
    /// Entries that are not in use, as a chain of their own.
    private var freeEntry: Int32 = -1

    /// Frames that are held now.
    var count: Int { held.count - freePlaces.count }

    /// Holds a frame for the caller, who must let go of it when it has been appended everywhere.
    mutating func hold(_ frame: ByteBuffer) -> Place {
        guard let place = freePlaces.popLast() else {
            held.append(Held(frame: frame, references: 1))
            return Place(held.count - 1)
        }
        held[Int(place)] = Held(frame: frame, references: 1)
        return place
    }

    mutating func letGo(of place: Place) {
        held[Int(place)].references -= 1
        guard held[Int(place)].references == 0 else { return }
        held[Int(place)].frame = ByteBuffer()
        freePlaces.append(place)
    }

    mutating func append(_ place: Place, to chain: inout FrameChain) {
        held[Int(place)].references += 1
        let entry = takeEntry(Entry(place: place, next: -1))
        if chain.isEmpty { chain.first = entry } else { entries[Int(chain.last)].next = entry }
        chain.last = entry
        chain.count += 1
        chain.bytes += held[Int(place)].frame.readableBytes
    }

    /// The first frame of a chain, which must not be empty.
    func first(of chain: FrameChain) -> ByteBuffer { held[Int(entries[Int(chain.first)].place)].frame }

    mutating func removeFirst(from chain: inout FrameChain) {
        let entry = entries[Int(chain.first)]
        chain.bytes -= held[Int(entry.place)].frame.readableBytes
        entries[Int(chain.first)].next = freeEntry
        freeEntry = chain.first
        chain.first = entry.next
        chain.count -= 1
        letGo(of: entry.place)
    }

    mutating func removeAll(from chain: inout FrameChain) {
        while !chain.isEmpty { removeFirst(from: &chain) }
    }

    /// Copies whole frames from the chain's beginning as long as they fit.
    func gather(_ chain: FrameChain, into buffer: SendBuffer) {
        var entry = chain.first
        while entry >= 0 {
            let (place, next) = (entries[Int(entry)].place, entries[Int(entry)].next)
            guard buffer.add(held[Int(place)].frame) else { return }
            entry = next
        }
    }

    private mutating func takeEntry(_ entry: Entry) -> Int32 {
        guard freeEntry >= 0 else {
            entries.append(entry)
            return Int32(entries.count - 1)
        }
        let index = freeEntry
        freeEntry = entries[Int(index)].next
        entries[Int(index)] = entry
        return index
    }
}
