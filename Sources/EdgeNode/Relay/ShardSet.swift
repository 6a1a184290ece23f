/// Some of the node's shards, by their index: one bit for each. A value.
struct ShardSet: Hashable, Sendable {
    static let maximumCount = 64

    private var bits: UInt64 = 0

    var isEmpty: Bool { bits == 0 }

    mutating func insert(_ shard: Int) { bits |= 1 << shard }

    mutating func remove(_ shard: Int) { bits &= ~(1 << shard) }

    mutating func removeAll() { bits = 0 }
}

extension ShardSet: ExpressibleByArrayLiteral {
    init(arrayLiteral shards: Int...) {
        for shard in shards { insert(shard) }
    }
}

extension ShardSet: Sequence {
    struct Iterator: IteratorProtocol {
        fileprivate var bits: UInt64

        mutating func next() -> Int? {
            guard bits != 0 else { return nil }
            defer { bits &= bits - 1 }
            return bits.trailingZeroBitCount
        }
    }

    func makeIterator() -> Iterator { Iterator(bits: bits) }
}
