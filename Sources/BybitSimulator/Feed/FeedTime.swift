/// A moment as feeds need it: the monotonic clock for spacing, the wall clock for time stamps.
struct FeedTime: Equatable, Sendable {
    /// Nanoseconds of a monotonic clock.
    var monotonic: Int64
    /// Milliseconds since 1970, UTC.
    var wall: Int64
}
