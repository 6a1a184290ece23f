import EdgeNode
import NIOCore
import TestSupport
import Testing

@Suite struct WebSocketMaskTests {
    /// RFC 6455, section 5.3: byte i is XORed with byte i mod 4 of the key, in whatever pieces it comes.
    @Test func matchesTheDefinitionInAnyPieces() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            let key = random.bytes(4)
            let masked = random.bytes(Int.random(in: 0...70, using: &random))
            var mask = WebSocketMask(
                littleEndianKey: key.reversed().reduce(0) { $0 << 8 | UInt32($1) }
            )
            var input = ByteBuffer(bytes: masked)
            var output = ByteBuffer()
            while input.readableBytes > 0 {
                mask.move(Int.random(in: 0...input.readableBytes, using: &random), from: &input, to: &output)
            }
            let expected = masked.enumerated().map { index, byte in byte ^ key[index % 4] }
            #expect(output == ByteBuffer(bytes: expected))
        }
    }
}
