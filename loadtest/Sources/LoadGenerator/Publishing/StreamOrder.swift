/// Which stream comes next: each of them once in a round, in another order in each, the same in every run. Pure.
struct StreamOrder {
    private var streams: [Int]
    private var next: Int
    /// xorshift64: only to shuffle.
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(_ count: Int) {
        streams = Array(0..<count)
        next = count
    }

    mutating func take() -> Int {
        if next >= streams.count { shuffle() }
        defer { next += 1 }
        return streams[next]
    }

    private mutating func shuffle() {
        next = 0
        for index in stride(from: streams.count - 1, to: 0, by: -1) {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            streams.swapAt(index, Int(state % UInt64(index + 1)))
        }
    }
}
