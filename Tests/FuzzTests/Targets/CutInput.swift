import NIOCore

/// An input of a reader that is given what a socket brings: what comes of it may not depend on how it was cut. The
/// first byte says into pieces of which length the rest is cut, `@` into single bytes.
struct CutInput {
    private let bytes: ArraySlice<UInt8>
    private let length: Int

    init(_ input: [UInt8]) {
        bytes = input.dropFirst()
        length = 1 + Int(input.first ?? 0) % 64
    }

    var whole: [ByteBuffer] { bytes.isEmpty ? [] : [ByteBuffer(bytes: bytes)] }

    var pieces: [ByteBuffer] {
        stride(from: bytes.startIndex, to: bytes.endIndex, by: length).map { start in
            ByteBuffer(bytes: bytes[start..<min(start + length, bytes.endIndex)])
        }
    }
}
