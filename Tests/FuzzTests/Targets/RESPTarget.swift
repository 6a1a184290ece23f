import NIOCore

@testable import RedisStores

/// Replies of Redis.
enum RESPTarget {
    private struct Replies: Equatable {
        var values: [RESPValue] = []
        /// What came last is no reply.
        var isBroken = false
    }

    private static let maximumReplyBytes = 65_536

    static func run(_ input: [UInt8]) throws -> Bool {
        let input = CutInput(input)
        let whole = try replies(in: input.whole)
        try BrokenPromise.unless(try replies(in: input.pieces) == whole, "replies are the same however they are cut")
        return !whole.values.isEmpty
    }

    private static func replies(in pieces: [ByteBuffer]) throws -> Replies {
        let reader = try RESPReader(maximumReplyBytes: maximumReplyBytes)
        var replies = Replies()
        for piece in pieces where !replies.isBroken {
            var values: [RESPValue] = []
            do throws(RedisError) {
                try reader.read(piece) { values.append($0) }
            } catch {
                replies.isBroken = true
            }
            replies.values += values
        }
        return replies
    }
}
