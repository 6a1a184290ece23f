/// Checks that a sequence of bytes, given in pieces, is UTF-8 (RFC 3629, which RFC 6455 requires in section 8.1).
///
/// Owns one byte of state, kept from piece to piece, so that a scalar may be cut anywhere, by a frame or by a read.
/// It fails fast: at the first byte with which no continuation of the input could be valid. That covers overlong
/// forms, surrogates and values over U+10FFFF, each of which is known by the second byte of its sequence.
package struct UTF8Validator: Sendable {
    /// What the next byte must be. The names say what came before.
    private enum State: UInt8 {
        /// Between scalars: any first byte.
        case boundary
        /// One, two or three more continuation bytes, 80-BF each.
        case needs1, needs2, needs3
        /// After E0: A0-BF, since lower is an overlong form; then one more.
        case afterE0
        /// After ED: 80-9F, since higher is a surrogate; then one more.
        case afterED
        /// After F0: 90-BF, since lower is an overlong form; then two more.
        case afterF0
        /// After F4: 80-8F, since higher is over U+10FFFF; then two more.
        case afterF4
        case invalid
    }

    private var state = State.boundary

    package init() {}

    /// Whether the bytes consumed so far are UTF-8 by themselves, with no scalar left unfinished.
    package var isComplete: Bool { state == .boundary }

    /// Takes the next bytes of the sequence.
    ///
    /// - Returns: false if what was consumed so far can't be the beginning of UTF-8. It stays false.
    package mutating func consume(_ bytes: RawSpan) -> Bool {
        // A local copy, so that the loop keeps the state in a register.
        var state = self.state
        var index = 0
        let count = bytes.byteCount
        while index < count {
            if state == .boundary {
                // Runs of ASCII, which is nearly all that clients send, go eight bytes at a time.
                while count - index >= 8 {
                    // Safe: eight bytes are left (and the load checks it), and any bits are a UInt64.
                    let word = bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
                    guard word & 0x8080_8080_8080_8080 == 0 else { break }
                    index += 8
                }
                guard index < count else { break }
            }
            // Safe: index < count (and the load checks it), and any bits are a UInt8.
            state = Self.next(after: state, byte: bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
            if state == .invalid { break }
            index += 1
        }
        self.state = state
        return state != .invalid
    }

    private static func next(after state: State, byte: UInt8) -> State {
        switch (state, byte) {
        case (.boundary, 0x00...0x7F): .boundary
        // C0 and C1 could only begin overlong forms of ASCII.
        case (.boundary, 0xC2...0xDF): .needs1
        case (.boundary, 0xE0): .afterE0
        case (.boundary, 0xED): .afterED
        case (.boundary, 0xE1...0xEF): .needs2
        case (.boundary, 0xF0): .afterF0
        case (.boundary, 0xF1...0xF3): .needs3
        case (.boundary, 0xF4): .afterF4
        case (.needs1, 0x80...0xBF): .boundary
        case (.needs2, 0x80...0xBF), (.afterE0, 0xA0...0xBF), (.afterED, 0x80...0x9F): .needs1
        case (.needs3, 0x80...0xBF), (.afterF0, 0x90...0xBF), (.afterF4, 0x80...0x8F): .needs2
        default: .invalid
        }
    }
}
