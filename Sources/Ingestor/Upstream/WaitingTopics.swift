import HeapModule

/// The topics that are to be asked for: the lowest place first, and of one place in the order of their coming. Pure.
///
/// What is taken out stays in the heap as an entry that counts no longer; the heap is made anew before those are more than
/// the others. Its owner bounds it.
struct WaitingTopics {
    private struct Entry: Comparable {
        let place: Int
        let arrival: UInt64
        let name: String

        static func < (left: Entry, right: Entry) -> Bool { (left.place, left.arrival) < (right.place, right.arrival) }
    }

    private var heap = Heap<Entry>()
    /// By name, the entry that counts.
    private var entries: [String: Entry] = [:]

    var count: Int { entries.count }
    var names: some Sequence<String> { entries.keys }

    /// Where it waits already it waits at this place from now on.
    mutating func insert(_ name: String, at place: Int, arrival: UInt64) {
        let entry = Entry(place: place, arrival: arrival, name: name)
        guard entries.updateValue(entry, forKey: name) != entry else { return }
        heap.insert(entry)
        compact()
    }

    mutating func remove(_ name: String) {
        guard entries.removeValue(forKey: name) != nil else { return }
        compact()
    }

    mutating func removeAll() {
        heap = Heap()
        entries = [:]
    }

    /// The one whose turn it is.
    mutating func first() -> String? {
        while let entry = heap.min {
            if entries[entry.name] == entry { return entry.name }
            heap.removeMin()
        }
        return nil
    }

    /// The one that is farthest from its turn, and its place.
    mutating func last() -> (name: String, place: Int)? {
        while let entry = heap.max {
            if entries[entry.name] == entry { return (entry.name, entry.place) }
            heap.removeMax()
        }
        return nil
    }

    private mutating func compact() {
        guard heap.count > 2 * entries.count + 64 else { return }
        heap = Heap(entries.values)
    }
}
