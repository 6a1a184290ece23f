import NIOCore

/// Pings that are no whole frame of at most 125 bytes (RFC 6455, section 5.5), and those that may stand between the fragments of
/// a message.
final class FragmentedPings: HostileScript {
    enum Kind: CaseIterable {
        /// Without `FIN`.
        case broken
        /// Of 126 bytes.
        case long
        /// As it may be, behind each fragment of a message that never ends.
        case between
    }

    private let kind: Kind
    private var sentAt: Int64?
    private var times: [Int64] = []

    init(_ kind: Kind) {
        self.kind = kind
    }

    func opened() -> [ByteBuffer] { kind == .between ? [ClientFrame.frame(0x01, "{")] : [] }

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] {
        switch kind {
        case .broken: return [ClientFrame.frame(0x09, "p"), ClientFrame.continuation("p", isFinal: true)]
        case .long: return [ClientFrame.ping(String(repeating: "p", count: 126))]
        case .between:
            guard sentAt == nil else { return [ClientFrame.continuation(" ", isFinal: false)] }
            sentAt = now
            return [ClientFrame.continuation(" ", isFinal: false), ClientFrame.ping("p")]
        }
    }

    func received(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, at now: Int64) {
        guard opcode == 0xA, let sentAt else { return }
        self.sentAt = nil
        times.append((now - sentAt) / 1000)
    }

    func takeTimes() -> [Int64] {
        defer { times = [] }
        return times
    }
}
