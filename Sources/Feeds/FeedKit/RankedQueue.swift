import HeapModule

/// What waits for its turn: the lowest place first, and of one place in the order of arrival. Pure.
///
/// What is taken out stays in the heap as an entry that counts no longer; the heap is made anew before those are more than
/// the others. Its owner bounds it.
package struct RankedQueue<Element: Hashable> {
    private struct Entry: Comparable {
        let place: Int
        let arrival: UInt64
        let element: Element

        static func < (left: Self, right: Self) -> Bool { (left.place, left.arrival) < (right.place, right.arrival) }
    }

    private var heap = Heap<Entry>()
    /// By element, the entry that counts.
    private var entries: [Element: Entry] = [:]

    package init() {}

    package var count: Int { entries.count }
    package var elements: some Sequence<Element> { entries.keys }

    /// Where it waits already it waits at this place from now on.
    package mutating func insert(_ element: Element, at place: Int, arrival: UInt64) {
        let entry = Entry(place: place, arrival: arrival, element: element)
        guard entries.updateValue(entry, forKey: element) != entry else { return }
        heap.insert(entry)
        compact()
    }

    /// Moves one that waits forward; its arrival stays.
    package mutating func advance(_ element: Element, to place: Int) {
        guard let entry = entries[element], place < entry.place else { return }
        insert(element, at: place, arrival: entry.arrival)
    }

    package mutating func remove(_ element: Element) {
        guard entries.removeValue(forKey: element) != nil else { return }
        compact()
    }

    package mutating func removeAll() {
        heap = Heap()
        entries = [:]
    }

    /// The one whose turn it is.
    package mutating func first() -> Element? {
        while let entry = heap.min {
            if entries[entry.element] == entry { return entry.element }
            heap.removeMin()
        }
        return nil
    }

    /// The one that is farthest from its turn, and its place.
    package mutating func last() -> (element: Element, place: Int)? {
        while let entry = heap.max {
            if entries[entry.element] == entry { return (entry.element, entry.place) }
            heap.removeMax()
        }
        return nil
    }

    private mutating func compact() {
        guard heap.count > 2 * entries.count + 64 else { return }
        heap = Heap(entries.values)
    }
}
