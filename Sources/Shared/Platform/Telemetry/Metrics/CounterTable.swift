import Synchronization

/// Counters that are told apart by a key: a reason, a close code, a kind of streams.
///
/// Who counts often asks for the cell once and keeps it. Bounded: what comes beyond `bound` keys is counted under `other`. Any
/// thread; `Writer` says who may write the cells.
package final class CounterTable<Key: Hashable & Sendable, Writer>: Sendable {
    private let bound: Int
    private let other: Key
    private let cells: Mutex<[Key: CounterCell<Writer>]>

    /// - Parameter known: Those that are told from the beginning, so that the first of a kind shows as a rise.
    package init(_ known: [Key] = [], bound: Int = 32, other: Key) {
        self.bound = bound
        self.other = other
        cells = Mutex(Dictionary(known.map { ($0, CounterCell()) }) { first, _ in first })
    }

    package func cell(_ key: Key) -> CounterCell<Writer> {
        cells.withLock { cells in
            if let cell = cells[key] { return cell }
            let key = cells.count < bound ? key : other
            if let cell = cells[key] { return cell }
            let cell = CounterCell<Writer>()
            cells[key] = cell
            return cell
        }
    }

    package var values: [Key: Int] { cells.withLock { $0.mapValues { $0.get() } } }
}

extension CounterTable where Writer == OneThread {
    package func add(_ key: Key, _ amount: Int = 1) { cell(key).add(amount) }
}

extension CounterTable where Writer == AnyThread {
    package func add(_ key: Key, _ amount: Int = 1) { cell(key).add(amount) }
}

extension Sequence {
    /// The sums of several tables.
    package func totals<Key: Hashable>() -> [Key: Int] where Element == [Key: Int] {
        reduce(into: [:]) { sums, values in sums.merge(values, uniquingKeysWith: +) }
    }
}
