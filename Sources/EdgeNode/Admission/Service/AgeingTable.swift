import DequeModule

/// What counts until a time, by digests of credentials. A value.
///
/// Bounded by `capacity`: beyond it the oldest makes room.
struct AgeingTable<Value> {
    private struct Entry {
        let value: Value
        let until: Int64
        /// Which entry of the line it is.
        let number: Int
    }

    private let capacity: Int
    private var entries: [CredentialDigest: Entry] = [:]
    /// In the order in which they came; those that were replaced are passed over.
    private var line: Deque<(digest: CredentialDigest, number: Int)> = []
    private var last = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { entries.count }

    /// Of the line, those that were replaced too.
    var places: Int { line.count }

    /// Nil where it does not count any more. Times are milliseconds since 1970.
    func value(of digest: CredentialDigest, at now: Int64) -> Value? {
        guard let entry = entries[digest], now < entry.until else { return nil }
        return entry.value
    }

    mutating func keep(_ value: Value, of digest: CredentialDigest, until: Int64) {
        last += 1
        entries[digest] = Entry(value: value, until: until, number: last)
        line.append((digest, last))
        // What was replaced stands in the line still: it must not grow by those who come again and again.
        while entries.count > capacity || line.count > 2 * capacity { dropOldest() }
    }

    mutating func remove(_ digest: CredentialDigest) { entries[digest] = nil }

    private mutating func dropOldest() {
        guard let (digest, number) = line.popFirst() else { return }
        if entries[digest]?.number == number { entries[digest] = nil }
    }
}
