import Testing

@testable import EdgeNode

@Suite struct ShardSetTests {
    @Test func itHoldsTheFirstAndTheLastShard() {
        var shards: ShardSet = [63, 0, 7]
        #expect(Array(shards) == [0, 7, 63])
        shards.remove(7)
        shards.remove(8)
        #expect(shards == [0, 63] && !shards.isEmpty)
        shards.removeAll()
        #expect(shards.isEmpty && Array(shards) == [])
    }
}
