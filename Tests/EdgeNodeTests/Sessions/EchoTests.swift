import NIOCore
import NIOEmbedded
import Testing

@testable import EdgeNode

@Suite struct EchoTests {
    private let fixture = EdgeFixture { $0.maximumMessageRate = 1 }

    @Test func everyMessageComesBackInItsKind() async throws {
        let client = try await fixture.client(.echo)
        let frames =
            WebSocketClientFrame.text("héllo") + WebSocketClientFrame.binary([0, 255]) + WebSocketClientFrame.text("")
        try await client.send(bytes: frames)
        #expect(try await client.frames() == [.text("héllo"), .binary(ByteBuffer(bytes: [0, 255])), .text("")])
    }

    @Test func controlFramesBetweenFragmentsAreAnsweredAndTheMessageComesBackWhole() async throws {
        let client = try await fixture.client(.echo)
        try await client.send(bytes: WebSocketClientFrame.text("he", isFinal: false) + WebSocketClientFrame.ping([65]))
        try await client.send(
            bytes: WebSocketClientFrame.continuation("l", isFinal: false) + WebSocketClientFrame.pong()
        )
        try await client.send(bytes: WebSocketClientFrame.continuation("lo", isFinal: true))
        #expect(try await client.frames() == [.pong(ByteBuffer(bytes: [65])), .text("hello")])
    }

    @Test(arguments: [0, 1])
    func sixteenMebibytesComeBackAndNotAByteMore(more: Int) async throws {
        let client = try await fixture.client(.echo)
        let size = (16 << 20) + more
        var frame = ByteBuffer(bytes: [0x82, 0xFF])
        frame.writeInteger(UInt64(size))
        frame.writeInteger(UInt32(0))
        frame.writeRepeatingByte(7, count: size)
        try await client.channel.writeInbound(frame)
        let frames = try await client.frames()
        if more == 0 {
            #expect(frames == [.binary(ByteBuffer(repeating: 7, count: size))])
        } else {
            #expect(frames.map { $0.brief.prefix(10) } == ["close 1009"])
        }
    }

    @Test func anEchoPausesWhileThePeerDoesNotReadAndGoesOnAfterwards() async throws {
        let client = try await fixture.client(.echo)
        try await client.stopReading()
        try await client.send(bytes: WebSocketClientFrame.text("a") + WebSocketClientFrame.text("b"))
        #expect(try await client.frames().isEmpty)
        try await client.readOn()
        #expect(try await client.frames() == [.text("a"), .text("b")])
    }
}
