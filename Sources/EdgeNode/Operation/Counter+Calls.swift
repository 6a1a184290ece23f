import Platform
import Synchronization

// For the node's files that do not import Platform, and those that still call a counter as if it were an atomic. To be removed
// with the last of these calls.

extension Counter where Writer == OneThread {
    borrowing func add(_ amount: Int = 1) { set(get() + amount) }
}

extension Counter where Writer == AnyThread {
    borrowing func load(ordering: AtomicLoadOrdering) -> Int { get() }

    borrowing func subtract(_ amount: Int, ordering: AtomicUpdateOrdering) { add(-amount) }
}
