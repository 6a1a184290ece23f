/// One client's frames of this turn, first to last: places in its shard's `TurnFrames`.
struct FrameChain {
    var first: Int32 = -1
    var last: Int32 = -1
    var count: Int32 = 0
    /// All frames together.
    var bytes = 0

    var isEmpty: Bool { count == 0 }
}
