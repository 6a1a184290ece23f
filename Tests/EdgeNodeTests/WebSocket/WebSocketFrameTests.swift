import EdgeNode
import NIOCore
import Testing

@Suite struct WebSocketFrameTests {
    @Test(
        arguments: [
            (0, [0x82, 0]), (1, [0x82, 1]), (125, [0x82, 125]), (126, [0x82, 126, 0, 126]), (127, [0x82, 126, 0, 127]),
            (65_535, [0x82, 126, 0xFF, 0xFF]), (65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
            (0x0102_0304_0506, [0x82, 127, 0, 0, 1, 2, 3, 4, 5, 6]),
        ] as [(Int, [UInt8])]
    )
    func header(length: Int, bytes: [UInt8]) {
        var buffer = ByteBuffer()
        WebSocketFrame.writeHeader(opcode: .binary, payloadLength: length, into: &buffer)
        #expect(buffer == ByteBuffer(bytes: bytes))
        #expect(WebSocketFrame.headerLength(forPayload: length) == bytes.count)
    }

    @Test(
        arguments: [
            (.continuation, 0x80), (.text, 0x81), (.binary, 0x82), (.close, 0x88), (.ping, 0x89), (.pong, 0x8A),
        ] as [(WebSocketOpcode, UInt8)]
    )
    func firstByte(opcode: WebSocketOpcode, byte: UInt8) {
        var buffer = ByteBuffer()
        WebSocketFrame.writeHeader(opcode: opcode, payloadLength: 0, into: &buffer)
        #expect(buffer == ByteBuffer(bytes: [byte, 0]))
    }

    @Test func wholeFrames() {
        #expect(WebSocketFrame.text("héllo") == ByteBuffer(bytes: [0x81, 6] + Array("héllo".utf8)))
        #expect(WebSocketFrame.binary(ByteBuffer(bytes: [1, 2])) == ByteBuffer(bytes: [0x82, 2, 1, 2]))
        #expect(WebSocketFrame.ping(ByteBuffer(bytes: [1])) == ByteBuffer(bytes: [0x89, 1, 1]))
        #expect(WebSocketFrame.pong(ByteBuffer(bytes: [1])) == ByteBuffer(bytes: [0x8A, 1, 1]))
        #expect(WebSocketFrame.close(.goingAway, reason: "bye") == ByteBuffer(bytes: [0x88, 5, 3, 0xE9] + "bye".utf8))
        let long = String(repeating: "x", count: 300)
        #expect(WebSocketFrame.text(long) == ByteBuffer(bytes: [0x81, 126, 1, 44] + long.utf8))
    }

    @Test func controlPayloadsAreCutTo125() {
        let payload = ByteBuffer(bytes: 0..<200)
        #expect(WebSocketFrame.ping(payload) == ByteBuffer(bytes: [0x89, 125] + (0..<125)))
        #expect(WebSocketFrame.pong(payload) == ByteBuffer(bytes: [0x8A, 125] + (0..<125)))
    }

    @Test(arguments: [
        ("x", 123, 123), ("x", 124, 123), ("é", 61, 122), ("é", 62, 122), ("€", 41, 123), ("€", 42, 123),
        ("🌊", 30, 120),
        ("🌊", 31, 120), ("👩‍👩‍👧‍👦", 10, 121),
    ])
    func reasonIsCutBetweenScalars(unit: String, count: Int, expected: Int) throws {
        let reason = String(repeating: unit, count: count)
        var frame = WebSocketFrame.close(.policy, reason: reason)
        let header = frame.readBytes(length: 4)
        #expect(header == [0x88, UInt8(2 + expected), 0x03, 0xF0])
        let written = try #require(String(validating: frame.readableBytesView, as: UTF8.self))
        #expect(written.utf8.count == expected)
        #expect(reason.utf8.starts(with: written.utf8))
    }

    @Test func closeWithoutACodeThatMayBeSentIsEmpty() {
        let empty = ByteBuffer(bytes: [0x88, 0])
        #expect(WebSocketFrame.close(nil, reason: "x") == empty)
        #expect(WebSocketFrame.close(CloseCode(rawValue: 1005), reason: "x") == empty)
        #expect(WebSocketFrame.close(CloseCode(rawValue: 1006)) == empty)
    }

    /// A frame is one allocation: nothing grows after the header is written.
    @Test func framesAreAllocatedToSize() {
        let payload = ByteBuffer(repeating: 1, count: 1020)
        #expect(WebSocketFrame.binary(payload).storageCapacity == 1024)
        #expect(WebSocketFrame.text(String(repeating: "x", count: 1020)).storageCapacity == 1024)
    }
}
