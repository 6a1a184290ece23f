import NIOCore

/// As many frames as a client can make of few bytes: three of these send a million in half a minute.
final class TinyFrames: HostileScript {
    enum Kind: CaseIterable {
        /// Messages of one byte, which are no request.
        case messages
        /// Pongs that nobody has asked for, without payload.
        case pongs
        /// Messages of 1000 fragments of one byte.
        case fragments
    }

    private static let perTick = 12_500 / HostileClient.ticksPerSecond
    private static let perMessage = 1000

    private let kind: Kind
    private var fragments = 0

    init(_ kind: Kind) {
        self.kind = kind
    }

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] {
        var frames = ByteBuffer()
        for _ in 0..<Self.perTick { frames.writeImmutableBuffer(frame()) }
        return [frames]
    }

    private func frame() -> ByteBuffer {
        switch kind {
        case .messages: return ClientFrame.text("x")
        case .pongs: return ClientFrame.frame(0x8A, "")
        case .fragments:
            defer { fragments = (fragments + 1) % Self.perMessage }
            // The first has the opcode of the whole.
            guard fragments > 0 else { return ClientFrame.frame(0x01, "x") }
            return ClientFrame.continuation("x", isFinal: fragments == Self.perMessage - 1)
        }
    }
}
