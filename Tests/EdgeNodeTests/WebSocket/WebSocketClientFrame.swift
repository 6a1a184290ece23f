/// A frame as a client writes it, right or wrong in any part: what the tests feed to the receiver.
///
/// Written apart from the code under test, byte at a time, so that a fault there isn't repeated here.
struct WebSocketClientFrame {
    /// How the length is written.
    enum Length {
        case minimal
        case two
        case eight
        /// As it is, in eight bytes, whatever the payload.
        case claimed(UInt64)
    }

    var isFinal = true
    var reservedBits: UInt8 = 0
    var opcode: UInt8
    var isMasked = true
    var key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    var length = Length.minimal
    var payload: [UInt8] = []

    static func text(_ string: String, isFinal: Bool = true) -> [UInt8] {
        WebSocketClientFrame(isFinal: isFinal, opcode: 1, payload: Array(string.utf8)).bytes
    }

    static func text(_ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        WebSocketClientFrame(isFinal: isFinal, opcode: 1, payload: payload).bytes
    }

    static func binary(_ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        WebSocketClientFrame(isFinal: isFinal, opcode: 2, payload: payload).bytes
    }

    static func continuation(_ payload: [UInt8], isFinal: Bool) -> [UInt8] {
        WebSocketClientFrame(isFinal: isFinal, opcode: 0, payload: payload).bytes
    }

    static func continuation(_ string: String, isFinal: Bool) -> [UInt8] {
        continuation(Array(string.utf8), isFinal: isFinal)
    }

    static func close(_ payload: [UInt8]) -> [UInt8] {
        WebSocketClientFrame(opcode: 8, payload: payload).bytes
    }

    static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        close([UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    static func ping(_ payload: [UInt8] = []) -> [UInt8] {
        WebSocketClientFrame(opcode: 9, payload: payload).bytes
    }

    static func pong(_ payload: [UInt8] = []) -> [UInt8] {
        WebSocketClientFrame(opcode: 10, payload: payload).bytes
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | reservedBits << 4 | opcode]
        let maskBit: UInt8 = isMasked ? 0x80 : 0
        switch length {
        case .minimal where payload.count <= 125:
            bytes.append(maskBit | UInt8(payload.count))
        case .minimal where payload.count <= 0xFFFF, .two:
            bytes.append(maskBit | 126)
            bytes += [UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        case .minimal, .eight:
            bytes.append(maskBit | 127)
            bytes += Self.bigEndian(UInt64(payload.count))
        case .claimed(let length):
            bytes.append(maskBit | 127)
            bytes += Self.bigEndian(length)
        }
        guard isMasked else { return bytes + payload }
        bytes += key
        bytes += payload.enumerated().map { index, byte in byte ^ key[index % 4] }
        return bytes
    }

    private static func bigEndian(_ value: UInt64) -> [UInt8] {
        stride(from: UInt64(56), through: 0, by: -8).map { UInt8(value >> $0 & 0xFF) }
    }
}
