import NIOCore
import Testing

@testable import EdgeNode

@Suite struct TextWriterTests {
    @Test func piecesFollowOneAnother() {
        var buffer = ByteBuffer()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 100) { room in
            var text = TextWriter(room)
            text.write("seq:")
            text.write(decimal: UInt64.max)
            text.write(text: " größer ")
            text.write(decimal: Int64.min)
            text.write(decimal: Int64(0))
            text.write(ByteBuffer())
            text.write(ByteBuffer(string: "."))
            return text.count
        }
        #expect(String(buffer: buffer) == "seq:18446744073709551615 größer -92233720368547758080.")
    }

    /// Better no node than one that writes where it must not.
    @Test func whatDoesNotFitEndsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) { room in
                var text = TextWriter(room)
                text.write("1234")
                text.write("5")
            }
        }
    }
}
