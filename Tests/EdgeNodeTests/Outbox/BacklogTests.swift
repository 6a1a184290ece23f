import NIOCore
import Testing

@testable import EdgeNode

@Suite struct BacklogTests {
    private let backlog = Backlog()
    private let start = NIODeadline.uptimeNanoseconds(0)

    private func drained() -> [String] {
        var texts: [String] = []
        while let first = backlog.first {
            texts.append(String(buffer: first))
            backlog.removeFirst()
        }
        return texts
    }

    @Test func controlFramesGoFirstInTheirOwnOrder() {
        backlog.append(ByteBuffer(string: "one"), at: start)
        #expect(backlog.append(pong: ByteBuffer(string: "pong")) == 4)
        backlog.append(ByteBuffer(string: "two"), at: start)
        backlog.appendUrgently(ByteBuffer(string: "close"))
        #expect(backlog.bytes == 15)
        #expect(drained() == ["pong", "close", "one", "two"])
        #expect(backlog.bytes == 0)
        backlog.append(ByteBuffer(string: "three"), at: start)
        backlog.appendUrgently(ByteBuffer(string: "pong"))
        #expect(drained() == ["pong", "three"])
    }

    @Test func itIsEmptyOnlyWhenTheChannelHasSentItsPieceToo() {
        #expect(backlog.isEmpty)
        backlog.begin(1, hadReply: false, at: start)
        #expect(!backlog.isEmpty)
        backlog.endPiece()
        #expect(backlog.isEmpty)
    }

    @Test func aReplyWaitsUntilTheChannelHasSentIt() {
        backlog.append(ByteBuffer(string: "reply"), at: start)
        backlog.markReply()
        backlog.append(ByteBuffer(string: "data"), at: start)
        backlog.appendUrgently(ByteBuffer(string: "pong"))
        backlog.removeFirst()
        #expect(backlog.holdsReply)
        backlog.removeFirst()
        backlog.begin(5, hadReply: true, at: start)
        #expect(backlog.holdsReply)
        backlog.endPiece()
        #expect(!backlog.holdsReply)
        backlog.removeFirst()
        backlog.begin(4, hadReply: false, at: start)
        #expect(!backlog.holdsReply)
    }

    @Test func itIsAsOldAsTheOldestThatWaits() {
        #expect(backlog.age(at: start + .seconds(9)) == .zero)
        backlog.append(ByteBuffer(string: "one"), at: start)
        backlog.append(ByteBuffer(string: "two"), at: start + .seconds(2))
        #expect(backlog.age(at: start + .seconds(3)) == .seconds(3))
        backlog.removeFirst()
        #expect(backlog.age(at: start + .seconds(3)) == .seconds(1))
        // What the channel has is as old as it was.
        backlog.begin(2, hadReply: false, at: start + .seconds(3))
        #expect(backlog.age(at: start + .seconds(3)) == .seconds(3))
        backlog.endPiece()
        #expect(backlog.age(at: start + .seconds(3)) == .seconds(1))
    }
}
