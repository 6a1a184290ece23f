import NIOCore
import Testing

@testable import LoadGenerator

/// Frames as a server sends them, found in place.
@Suite struct FrameParserTests {
    @Test(
        "The frame and its payload are found, whatever form its length has",
        arguments: [0, 1, 125, 126, 65_535, 65_536]
    )
    func lengths(_ length: Int) {
        let frame = ServerFrames.frame(0x82, length: length)
        #expect(Self.next(frame) == .frame(opcode: 2, isFinal: true, payload: frame.count - length, end: frame.count))
    }

    @Test("A frame that is cut anywhere is not whole yet", arguments: [3, 200, 70_000])
    func cuts(_ length: Int) {
        let frame = ServerFrames.frame(0x81, length: length)
        for count in Array(0...12) + [frame.count - 1] where count < frame.count {
            #expect(Self.next(Array(frame.prefix(count))) == .incomplete, "\(count) bytes")
        }
    }

    @Test("Frames that came together are found one behind the other")
    func several() {
        let bytes = ServerFrames.frame(0x81, length: 5) + ServerFrames.frame(0x01, length: 300) + [0x89, 0]
        #expect(Self.next(bytes) == .frame(opcode: 1, isFinal: true, payload: 2, end: 7))
        #expect(Self.next(bytes, from: 7) == .frame(opcode: 1, isFinal: false, payload: 11, end: 311))
        #expect(Self.next(bytes, from: 311) == .frame(opcode: 9, isFinal: true, payload: 313, end: 313))
        #expect(Self.next(bytes, from: 313) == .incomplete)
    }

    @Test(
        "What no server may send is broken",
        arguments: [
            [0x81, 0x80, 0, 0, 0, 0], [0xC1, 0], [0x91, 0], [0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]]
    )
    func broken(_ bytes: [UInt8]) {
        #expect(Self.next(bytes) == .broken)
    }

    private static func next(_ bytes: [UInt8], from offset: Int = 0) -> FrameParser.Step {
        bytes.withUnsafeBytes { FrameParser.next($0, from: offset) }
    }
}
