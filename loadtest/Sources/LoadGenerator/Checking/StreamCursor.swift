/// Where a client stands in a stream, and what the next message means for it. Pure; one for each subscription, so it is
/// small.
struct StreamCursor: Equatable {
    enum Verdict: Equatable {
        /// A delivery, in order. `covered`: publications that came as part of its range only.
        case next(covered: UInt64)
        /// State that was told on joining or told again: no delivery.
        case state
        /// A delivery behind a hole that nobody told.
        case gap(missing: UInt64, covered: UInt64)
        /// Had before.
        case repeated
        /// From a hole: it came late.
        case reordered
    }

    /// 0 before the first message.
    private(set) var last: UInt64 = 0
    /// The newest that was told, for coming back.
    private(set) var epoch: UInt64 = 0
    private var hasBase = false
    /// The last hole, from which a late message may come.
    private var hole: Range<UInt64> = 0..<0

    /// The server has said where the stream is.
    mutating func start(epoch: UInt64, sequence: UInt64) {
        self = StreamCursor()
        (self.epoch, last, hasBase) = (epoch, sequence, true)
    }

    var position: (epoch: UInt64, sequence: UInt64)? { hasBase ? (epoch, last) : nil }

    /// - Parameter isFresh: Published since the client is subscribed: then its first message is a delivery, whatever its
    ///   type.
    @inline(__always)
    mutating func take(_ message: StreamMessage, isFresh: Bool) -> Verdict {
        if message.epoch != 0 { epoch = message.epoch }
        let expected = last &+ 1
        if hasBase, message.first == expected, message.sequence >= expected {
            last = message.sequence
            return .next(covered: message.sequence - message.first)
        }
        return takeUnexpected(message, isFresh)
    }

    private mutating func takeUnexpected(_ message: StreamMessage, _ isFresh: Bool) -> Verdict {
        guard hasBase else {
            hasBase = true
            last = message.sequence
            return message.isSnapshot && !isFresh ? .state : .next(covered: 0)
        }
        guard message.sequence > last else {
            if message.isSnapshot, message.sequence == last { return .state }
            return hole.contains(message.sequence) ? .reordered : .repeated
        }
        // A range that overlaps what was had: its rest is new.
        guard message.first > last else {
            last = message.sequence
            return .repeated
        }
        let missing = message.first - last - 1
        hole = last + 1..<message.first
        last = message.sequence
        return .gap(missing: missing, covered: message.sequence - message.first)
    }

    /// The server has told that `from` to `to` are missing. Answers how many of them the client had not had.
    mutating func takeNotice(from: UInt64, to: UInt64, epoch: UInt64) -> UInt64 {
        if epoch != 0 { self.epoch = epoch }
        let missing = to >= from && to > last ? to - max(last, from - 1) : 0
        // Where the numbering went back, `to` is less than `from`: on from there.
        if to < from || to > last { last = to }
        hasBase = true
        return missing
    }
}
