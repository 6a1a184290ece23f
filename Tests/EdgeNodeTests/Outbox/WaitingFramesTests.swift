import NIOCore
import Testing

@testable import EdgeNode

@Suite final class WaitingFramesTests {
    private var waiting = WaitingFrames()
    private let start = NIODeadline.uptimeNanoseconds(0)

    private func drained() -> [String] {
        var texts: [String] = []
        while let first = waiting.first {
            texts.append(String(buffer: first))
            waiting.removeFirst()
        }
        return texts
    }

    @Test func controlFramesGoFirstInTheirOwnOrder() {
        waiting.append(ByteBuffer(string: "one"), at: start)
        waiting.append(pong: ByteBuffer(string: "pong"))
        waiting.append(ByteBuffer(string: "two"), at: start)
        waiting.appendUrgently(ByteBuffer(string: "close"))
        #expect(waiting.bytes == 15)
        #expect(drained() == ["pong", "close", "one", "two"])
        #expect(waiting.bytes == 0)
        waiting.append(ByteBuffer(string: "three"), at: start)
        waiting.appendUrgently(ByteBuffer(string: "pong"))
        #expect(drained() == ["pong", "three"])
    }

    @Test func itIsEmptyOnlyWhenTheChannelHasSentItsPieceToo() {
        #expect(waiting.isEmpty)
        waiting.begin(1, hadReply: false, at: start)
        #expect(!waiting.isEmpty)
        waiting.endPiece()
        #expect(waiting.isEmpty)
    }

    @Test func aReplyWaitsUntilTheChannelHasSentIt() {
        waiting.append(ByteBuffer(string: "reply"), at: start)
        waiting.markReply()
        waiting.append(ByteBuffer(string: "data"), at: start)
        waiting.appendUrgently(ByteBuffer(string: "pong"))
        waiting.removeFirst()
        #expect(waiting.holdsReply)
        waiting.removeFirst()
        waiting.begin(5, hadReply: true, at: start)
        #expect(waiting.holdsReply)
        waiting.endPiece()
        #expect(!waiting.holdsReply)
        waiting.removeFirst()
        waiting.begin(4, hadReply: false, at: start)
        #expect(!waiting.holdsReply)
    }

    @Test func itIsAsOldAsTheOldestThatWaits() {
        #expect(waiting.age(at: start + .seconds(9)) == .zero)
        waiting.append(ByteBuffer(string: "one"), at: start)
        waiting.append(ByteBuffer(string: "two"), at: start + .seconds(2))
        #expect(waiting.age(at: start + .seconds(3)) == .seconds(3))
        waiting.removeFirst()
        #expect(waiting.age(at: start + .seconds(3)) == .seconds(1))
        // What the channel has is as old as it was.
        waiting.begin(2, hadReply: false, at: start + .seconds(3))
        #expect(waiting.age(at: start + .seconds(3)) == .seconds(3))
        waiting.endPiece()
        #expect(waiting.age(at: start + .seconds(3)) == .seconds(1))
    }
}
