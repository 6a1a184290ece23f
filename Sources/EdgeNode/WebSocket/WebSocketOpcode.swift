/// The opcode of a frame: the low four bits of its first byte (RFC 6455, section 5.2).
///
/// Values without a case (3-7, 11-15) are reserved: a frame that carries one fails the connection.
package enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Control frames are those with the top bit of the opcode set (section 5.5).
    package var isControl: Bool { rawValue & 0x8 != 0 }
}
