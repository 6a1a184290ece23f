import DequeModule
import NIOCore

/// What a connection has been asked and not yet answered, in order: Redis answers in the order of the commands. A value
/// without a clock of its own.
///
/// Bounded in answers and in bytes of commands; a batch that goes beyond is refused, unless nothing else is awaited.
struct PendingReplies<Receipt> {
    struct Batch {
        let name: String
        let count: Int
        let bytes: Int
        let deadline: NIODeadline
        let receipt: Receipt
        var replies: [RESPValue] = []
    }

    private let maximumReplies: Int
    private let maximumBytes: Int
    private var batches: Deque<Batch> = []
    private(set) var replyCount = 0
    private(set) var byteCount = 0

    init(maximumReplies: Int, maximumBytes: Int) {
        self.maximumReplies = maximumReplies
        self.maximumBytes = maximumBytes
    }

    var isEmpty: Bool { batches.isEmpty }

    /// Throws `overloaded` where the bounds leave no room.
    mutating func add(_ batch: RedisBatch, deadline: NIODeadline, receipt: Receipt) throws(RedisError) {
        let fits = replyCount + batch.count <= maximumReplies && byteCount + batch.byteCount <= maximumBytes
        guard fits || batches.isEmpty else {
            throw .overloaded(command: batch.name, pending: replyCount, bytes: byteCount)
        }
        replyCount += batch.count
        byteCount += batch.byteCount
        batches.append(
            Batch(name: batch.name, count: batch.count, bytes: batch.byteCount, deadline: deadline, receipt: receipt)
        )
    }

    /// The batch that is complete with this reply, if it is; nil for more to come. Throws where nothing was asked.
    mutating func reply(_ value: RESPValue) throws(RedisError) -> Batch? {
        guard !batches.isEmpty else { throw .malformedReply("a reply that nothing asked for") }
        replyCount -= 1
        batches[batches.startIndex].replies.append(value)
        guard batches[batches.startIndex].replies.count == batches[batches.startIndex].count else { return nil }
        byteCount -= batches[batches.startIndex].bytes
        return batches.removeFirst()
    }

    /// The first batch, if its answer is late.
    func overdue(at now: NIODeadline) -> Batch? {
        guard let first = batches.first, first.deadline <= now else { return nil }
        return first
    }

    /// All that will never be answered.
    mutating func takeAll() -> [Batch] {
        defer {
            batches = []
            replyCount = 0
            byteCount = 0
        }
        return Array(batches)
    }
}
