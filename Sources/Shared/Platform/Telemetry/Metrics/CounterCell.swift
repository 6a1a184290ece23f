/// A `Counter` that others hold, too.
@usableFromInline
package final class CounterCell<Writer>: Sendable {
    @usableFromInline
    let counter = Counter<Writer>()

    package init() {}

    @inlinable
    package func get() -> Int { counter.get() }
}

extension CounterCell where Writer == OneThread {
    @inlinable
    package func add(_ amount: Int = 1) { counter.add(amount) }
}

extension CounterCell where Writer == AnyThread {
    @inlinable
    package func add(_ amount: Int = 1) { counter.add(amount) }
}
