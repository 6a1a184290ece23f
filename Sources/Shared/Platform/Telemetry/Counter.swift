import Synchronization

/// A number that only counts: what has happened so far, or how many of something there are. The one way to count here.
///
/// Any thread reads it. It orders nothing else (every access is relaxed), so it says nothing of what its writer did before: a
/// flag that lets another thread go on is an `Atomic` with an ordering of its own. `Writer` says who may write it.
///
/// Usable from inline, or the compiler would inline none of it into the hot path, which lies in another module.
@usableFromInline
package struct Counter<Writer>: ~Copyable, Sendable {
    @usableFromInline
    let number: Atomic<Int>

    @inlinable
    package init() { number = Atomic(0) }

    @inlinable
    package borrowing func get() -> Int { number.load(ordering: .relaxed) }
}

/// The writer is one thread, an event loop's: a plain load and store, and no locked instruction. A second writer would lose
/// counts.
@usableFromInline
package enum OneThread {}

/// Any thread writes.
@usableFromInline
package enum AnyThread {}

extension Counter where Writer == OneThread {
    @inlinable
    package borrowing func add(_ amount: Int = 1) { set(get() + amount) }

    /// For what its writer has a sum of.
    @inlinable
    package borrowing func set(_ amount: Int) { number.store(amount, ordering: .relaxed) }
}

extension Counter where Writer == AnyThread {
    /// - Returns: The number with this in it.
    @inlinable @discardableResult
    package borrowing func add(_ amount: Int = 1) -> Int {
        number.wrappingAdd(amount, ordering: .relaxed).newValue
    }

    /// Counts from nothing again.
    @inlinable
    package borrowing func reset() { number.store(0, ordering: .relaxed) }
}
