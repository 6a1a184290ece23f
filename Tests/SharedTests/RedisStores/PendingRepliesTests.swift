import NIOCore
import Testing

@testable import RedisStores

@Suite("What a connection is yet to answer")
struct PendingRepliesTests {
    private var pending = PendingReplies<Int>(maximumReplies: 4, maximumBytes: 100)

    private func batch(_ name: String, _ count: Int = 1) throws -> RedisBatch {
        try RedisBatch((0..<count).map { _ in RedisCommand(name) })
    }

    @Test mutating func answersGoToTheBatchesInTheirOrder() throws {
        try pending.add(batch("A", 2), deadline: .distantFuture, receipt: 1)
        try pending.add(batch("B"), deadline: .distantFuture, receipt: 2)
        #expect(try pending.reply(.integer(1)) == nil)
        let first = try #require(try pending.reply(.error("ERR")))
        #expect(first.receipt == 1)
        #expect(first.replies == [.integer(1), .error("ERR")])
        #expect(try pending.reply(.integer(3))?.receipt == 2)
        #expect(pending.isEmpty)
        #expect(pending.replyCount == 0 && pending.byteCount == 0)
    }

    @Test mutating func aReplyThatNothingAskedForIsAnError() throws {
        #expect(throws: RedisError.self) { try pending.reply(.simple("OK")) }
    }

    @Test mutating func atTheBoundOfAnswersABatchIsRefusedInWords() throws {
        try pending.add(batch("A", 3), deadline: .distantFuture, receipt: 1)
        let error = #expect(throws: RedisError.self) {
            try pending.add(batch("B", 2), deadline: .distantFuture, receipt: 2)
        }
        #expect(error?.description == "B was not sent: Redis has yet to answer 3 commands of 33 bytes")
        try pending.add(batch("C"), deadline: .distantFuture, receipt: 3)
        for _ in 0..<3 { _ = try pending.reply(.null) }
        try pending.add(batch("B", 2), deadline: .distantFuture, receipt: 2)
    }

    @Test mutating func atTheBoundOfBytesABatchIsRefused() throws {
        let long = String(repeating: "x", count: 40)
        try pending.add(batch(long), deadline: .distantFuture, receipt: 1)
        #expect(throws: RedisError.self) { try pending.add(batch(long), deadline: .distantFuture, receipt: 2) }
        _ = try pending.reply(.null)
        try pending.add(batch(long), deadline: .distantFuture, receipt: 2)
    }

    @Test mutating func whatIsLargerThanTheBoundPassesAlone() throws {
        try pending.add(batch("A", 9), deadline: .distantFuture, receipt: 1)
        #expect(pending.replyCount == 9)
    }

    @Test mutating func theFirstOneIsLateFromItsDeadlineOn() throws {
        #expect(pending.overdue(at: .distantFuture) == nil)
        try pending.add(batch("A"), deadline: .uptimeNanoseconds(5), receipt: 1)
        try pending.add(batch("B"), deadline: .uptimeNanoseconds(9), receipt: 2)
        #expect(pending.overdue(at: .uptimeNanoseconds(4)) == nil)
        #expect(pending.overdue(at: .uptimeNanoseconds(5))?.name == "A")
        _ = try pending.reply(.null)
        #expect(pending.overdue(at: .uptimeNanoseconds(8)) == nil)
    }

    @Test mutating func allThatWillNeverBeAnsweredIsGivenBackOnce() throws {
        try pending.add(batch("A", 2), deadline: .distantFuture, receipt: 1)
        try pending.add(batch("B"), deadline: .distantFuture, receipt: 2)
        _ = try pending.reply(.null)
        #expect(pending.takeAll().map(\.receipt) == [1, 2])
        #expect(pending.takeAll().isEmpty)
        #expect(pending.replyCount == 0 && pending.byteCount == 0)
    }
}
