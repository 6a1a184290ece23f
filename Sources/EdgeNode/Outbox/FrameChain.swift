/// One client's frames of this turn, first to last: places in its shard's `TurnFrames`, which reads and changes it.
///
/// A client that gets one frame in a turn, as most do, needs nothing but this.
struct FrameChain {
    /// Where the first frame is held; of no meaning in an empty chain.
    var first: TurnFrames.Place = 0
    /// The blocks that the places of the others stand in; -1 where there are none.
    var firstBlock: Int32 = -1
    var lastBlock: Int32 = -1
    var count: Int32 = 0
    /// All frames together.
    var bytes = 0

    var isEmpty: Bool { count == 0 }
}
