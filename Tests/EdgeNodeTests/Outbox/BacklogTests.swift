import NIOCore
import Testing

@testable import EdgeNode

@Suite struct BacklogTests {
    private let backlog = Backlog()

    private func drained() -> [String] {
        var texts: [String] = []
        while let first = backlog.first {
            texts.append(String(buffer: first))
            backlog.removeFirst()
        }
        return texts
    }

    @Test func controlFramesGoFirstInTheirOwnOrder() {
        backlog.append(ByteBuffer(string: "one"))
        #expect(backlog.append(pong: ByteBuffer(string: "pong")) == 4)
        backlog.append(ByteBuffer(string: "two"))
        backlog.appendUrgently(ByteBuffer(string: "close"))
        #expect(backlog.bytes == 15)
        #expect(drained() == ["pong", "close", "one", "two"])
        #expect(backlog.bytes == 0)
        backlog.append(ByteBuffer(string: "three"))
        backlog.appendUrgently(ByteBuffer(string: "pong"))
        #expect(drained() == ["pong", "three"])
    }

    @Test func itIsEmptyOnlyWhenTheChannelHasSentItsPieceToo() {
        #expect(backlog.isEmpty)
        backlog.begin(1, hadReply: false)
        #expect(!backlog.isEmpty)
        backlog.endPiece()
        #expect(backlog.isEmpty)
    }

    @Test func aReplyWaitsUntilTheChannelHasSentIt() {
        backlog.append(ByteBuffer(string: "reply"))
        backlog.markReply()
        backlog.append(ByteBuffer(string: "data"))
        backlog.appendUrgently(ByteBuffer(string: "pong"))
        backlog.removeFirst()
        #expect(backlog.holdsReply)
        backlog.removeFirst()
        backlog.begin(5, hadReply: true)
        #expect(backlog.holdsReply)
        backlog.endPiece()
        #expect(!backlog.holdsReply)
        backlog.removeFirst()
        backlog.begin(4, hadReply: false)
        #expect(!backlog.holdsReply)
    }

    @Test func aSocketThatTakesAByteBetweenTwoLooksHasNotStalled() {
        func look(_ inChannel: Int, second: Int64) -> TimeAmount? {
            backlog.stalledTime(inChannel: inChannel, at: .uptimeNanoseconds(0) + .seconds(second))
        }
        #expect(look(100, second: 1) == nil)
        #expect(look(100, second: 2) == .seconds(1))
        #expect(look(100, second: 4) == .seconds(3))
        #expect(look(99, second: 5) == nil)
        #expect(look(99, second: 6) == .seconds(1))
    }
}
