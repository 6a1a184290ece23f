/// What the load test wants to know of a message with data. Trivial: it lives in registers.
struct StreamMessage: Equatable {
    /// Number of the stream, from 0.
    var stream: Int
    var sequence: UInt64
    /// Where it stands for several publications the first of them, otherwise `sequence`.
    var first: UInt64
    /// 0 where it was not told.
    var epoch: UInt64 = 0
    var isSnapshot = false
    /// When it was to be published: nanoseconds of the monotonic clock; 0 where the data don't say.
    var time: Int64 = 0
}
