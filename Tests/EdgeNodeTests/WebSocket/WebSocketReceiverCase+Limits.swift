import EdgeNode
import NIOCore
import Testing

/// How a connection ends, and what is too long.
extension WebSocketReceiverCase {
    private typealias Frame = WebSocketClientFrame

    /// Autobahn 7: closing.
    static let closing: [Self] = [
        good("7.1 nothing is read after a close", [Frame.close(1000), Frame.text("a")], [.close(.normal, reason: "")]),
        good("7.3.1 empty", [Frame.close([]), Frame.ping()], [.close(nil, reason: "")]),
        bad("7.3.2 half a code", Frame.close([3]), .protocolError),
        good("7.3.3 code", [Frame.close(1000)], [.close(.normal, reason: "")]),
        good("7.3.4 code and reason", [Frame.close(1001, "käse")], [.close(.goingAway, reason: "käse")]),
        good(
            "7.3.5 reason of 123",
            [Frame.close(1000, String(repeating: "*", count: 123))],
            [.close(.normal, reason: String(repeating: "*", count: 123))]
        ),
        bad("7.3.6 reason of 124", Frame.close(1000, String(repeating: "*", count: 124)), at: 2, .protocolError),
        bad("7.5.1 reason that isn't UTF-8", Frame.close([0x03, 0xE8, 0x61, 0xED, 0xA0, 0x80]), .invalidPayload),
        bad("7.5 reason cut within a scalar", Frame.close([0x03, 0xE8, 0xE2, 0x82]), .invalidPayload),
    ]

    /// Autobahn 7.7 and 7.9: the codes, at both sides of each border.
    static let closeCodes: [Self] =
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map {
            (code: UInt16) in
            good("7.7 code \(code)", [Frame.close(code, "x")], [.close(CloseCode(rawValue: code), reason: "x")])
        }
        + [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map { (code: UInt16) in
            bad("7.9 code \(code)", Frame.close(code, "x"), .protocolError)
        }

    /// Section 5.1: masking.
    static let masking: [Self] =
        [1, 2, 8, 9, 10].map { (opcode: UInt8) in
            bad("5.1 opcode \(opcode), not masked", Frame(opcode: opcode, isMasked: false).bytes, at: 2, .protocolError)
        } + [
            good(
                "5.3 keys of two frames, each used from its first byte",
                [
                    Frame(isFinal: false, opcode: 2, key: [1, 2, 3, 4], payload: [9, 8, 7, 6, 5]).bytes,
                    Frame(opcode: 0, key: [0, 0, 0xFF, 0], payload: [4, 3, 2, 1]).bytes,
                ],
                [.binary(ByteBuffer(bytes: [9, 8, 7, 6, 5, 4, 3, 2, 1]))]
            ),
            good(
                "5.7 the RFC's example",
                [[0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]],
                [.text("Hello")]
            ),
        ]

    /// Section 5.2: the length, in its fewest bytes.
    static let lengths: [Self] =
        [0, 1, 125].map { size in
            bad(
                "5.2 length \(size) in two bytes",
                Frame(opcode: 2, length: .two, payload: [UInt8](repeating: 1, count: size)).bytes,
                at: 4,
                .protocolError
            )
        }
        + [0, 125, 126, 65_535].map { size in
            bad(
                "5.2 length \(size) in eight bytes",
                Frame(opcode: 2, length: .eight, payload: [UInt8](repeating: 1, count: size)).bytes,
                at: 10,
                .protocolError
            )
        } + [
            bad("5.2 top bit", Frame(opcode: 2, length: .claimed(1 << 63)).bytes, at: 10, .protocolError),
            bad("5.2 all bits", Frame(opcode: 2, length: .claimed(.max)).bytes, at: 10, .protocolError),
        ]

    /// Autobahn 9, as bounds: refused by the header, before its key, and thus before any payload.
    static let bounds: [Self] = [
        bad("9 one over", Frame.text("abcd"), at: 2, .messageTooBig, max: 3),
        bad("9 one over, bound 0", Frame.binary([1]), at: 2, .messageTooBig, max: 0),
        bad("9 one over, bound below 0", Frame.binary([1]), at: 2, .messageTooBig, max: -1),
        bad("9 one over 126", Frame.binary([UInt8](repeating: 0, count: 127)), at: 4, .messageTooBig, max: 126),
        bad(
            "9 one over 65536",
            Frame.binary([UInt8](repeating: 0, count: 65_537)),
            at: 10,
            .messageTooBig,
            max: 65_536
        ),
        bad("9 2^63 - 1", Frame(opcode: 2, length: .claimed(.max >> 1)).bytes, at: 10, .messageTooBig, max: .max),
        bad("9 2^32", Frame(opcode: 2, length: .claimed(1 << 32)).bytes, at: 10, .messageTooBig),
        bad(
            "9 over in the sum of fragments",
            before: [Frame.text("abc", isFinal: false), Frame.ping([1]), Frame.continuation("d", isFinal: false)],
            Frame.continuation("ef", isFinal: true),
            at: 2,
            .messageTooBig,
            events: [.ping(ByteBuffer(bytes: [1]))],
            max: 5
        ),
        good(
            "9 sum of fragments at the bound, twice",
            [
                Frame.text("abc", isFinal: false), Frame.continuation("de", isFinal: false),
                Frame.continuation("", isFinal: true), Frame.text("fghij"),
            ],
            [.text("abcde"), .text("fghij")],
            max: 5
        ),
    ]
}
