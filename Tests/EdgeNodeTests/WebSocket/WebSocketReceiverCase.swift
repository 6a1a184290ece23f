import EdgeNode
import NIOCore
import Testing

/// A line of the golden table: bytes of a client, and what they mean.
struct WebSocketReceiverCase: CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let events: [WebSocketReceiver.Event]
    /// The code that the connection fails with, after `events`.
    var failure: CloseCode?
    /// The number of bytes with which the failure is known: with these it must come, and with one less it can't.
    var verdictAt: Int?
    var max = 1 << 20

    var testDescription: String { name }

    static func good(
        _ name: String,
        _ frames: [[UInt8]],
        _ events: [WebSocketReceiver.Event],
        max: Int = 1 << 20
    ) -> Self {
        Self(name: name, bytes: Array(frames.joined()), events: events, max: max)
    }

    /// - Parameters:
    ///   - before: Frames that are right.
    ///   - frame: The one that isn't; more bytes follow it, which must not be read.
    ///   - at: How much of `frame` shows that; all of it, if not given.
    static func bad(
        _ name: String,
        before: [[UInt8]] = [],
        _ frame: [UInt8],
        at: Int? = nil,
        _ failure: CloseCode,
        events: [WebSocketReceiver.Event] = [],
        max: Int = 1 << 20
    ) -> Self {
        let prefix = Array(before.joined())
        return Self(
            name: name,
            bytes: prefix + frame + WebSocketClientFrame.text("after"),
            events: events,
            failure: failure,
            verdictAt: prefix.count + (at ?? frame.count),
            max: max
        )
    }
}

/// The cases, in the order of the sections of the Autobahn suite.
extension WebSocketReceiverCase {
    private typealias Frame = WebSocketClientFrame

    /// Autobahn 1: messages of the sizes at which the encoding of the length changes.
    static let sizes: [Self] = [0, 1, 7, 8, 9, 125, 126, 127, 128, 65_535, 65_536].flatMap { size in
        let letters = (0..<size).map { UInt8(0x61 + $0 % 26) }
        let bytes = (0..<size).map { UInt8($0 % 251) ^ 0xA5 }
        return [
            good("1.1 text of \(size)", [Frame.text(letters)], [.text(ByteBuffer(bytes: letters))]),
            good("1.2 binary of \(size)", [Frame.binary(bytes)], [.binary(ByteBuffer(bytes: bytes))]),
            good(
                "1 text of \(size), at the bound",
                [Frame.text(letters), Frame.text("")],
                [.text(ByteBuffer(bytes: letters)), .text("")],
                max: size
            ),
        ]
    }

    /// Autobahn 2: pings and pongs.
    static let pings: [Self] = [
        good("2.1 empty ping", [Frame.ping()], [.ping(ByteBuffer())]),
        good("2.2 ping with text", [Frame.ping(Array("Hello".utf8))], [.ping(ByteBuffer(string: "Hello"))]),
        good("2.3 ping that isn't text", [Frame.ping([0, 255, 254])], [.ping(ByteBuffer(bytes: [0, 255, 254]))]),
        good(
            "2.4 ping of 125",
            [Frame.ping([UInt8](repeating: 0xFE, count: 125))],
            [.ping(ByteBuffer(repeating: 0xFE, count: 125))],
            max: 10
        ),
        bad("2.5 ping of 126", Frame.ping([UInt8](repeating: 0xFE, count: 126)), at: 2, .protocolError),
        bad("5.5 ping of 65536", Frame.ping([UInt8](repeating: 0xFE, count: 65_536)), at: 2, .protocolError),
        bad("5.5 pong of 126", Frame.pong([UInt8](repeating: 0xFE, count: 126)), at: 2, .protocolError),
        good("2.7 unasked pong", [Frame.pong()], [.pong(ByteBuffer())]),
        good("2.8 pong with payload", [Frame.pong([1, 2])], [.pong(ByteBuffer(bytes: [1, 2]))]),
        good(
            "2.10 ten pings",
            (0..<10).map { Frame.ping([UInt8($0)]) },
            (0..<10).map { .ping(ByteBuffer(bytes: [UInt8($0)])) }
        ),
    ]

    /// Autobahn 3: the reserved bits, in each kind of frame.
    static let reservedBits: [Self] = (1...7).flatMap { (bits: UInt8) in
        [0x1, 0x2, 0x8, 0x9, 0xA].map { (opcode: UInt8) in
            bad(
                "3 reserved bits \(bits), opcode \(opcode)",
                before: [Frame.text("a")],
                Frame(reservedBits: bits, opcode: opcode).bytes,
                at: 1,
                .protocolError,
                events: [.text("a")]
            )
        }
    }

    /// Autobahn 4: the reserved opcodes.
    static let reservedOpcodes: [Self] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap { (opcode: UInt8) in
        [
            bad("4 opcode \(opcode)", Frame(opcode: opcode).bytes, at: 1, .protocolError),
            bad(
                "4 opcode \(opcode) with payload, within a message",
                before: [Frame.text("a", isFinal: false), Frame.ping()],
                Frame(opcode: opcode, payload: [1]).bytes,
                at: 1,
                .protocolError,
                events: [.ping(ByteBuffer())]
            ),
        ]
    }

    /// Autobahn 5: fragments.
    static let fragments: [Self] = [
        bad("5.1 fragmented ping", Frame(isFinal: false, opcode: 9).bytes, at: 1, .protocolError),
        bad("5.2 fragmented pong", Frame(isFinal: false, opcode: 10).bytes, at: 1, .protocolError),
        bad("5 fragmented close", Frame(isFinal: false, opcode: 8).bytes, at: 1, .protocolError),
        good(
            "5.3 two fragments",
            [Frame.text("frag", isFinal: false), Frame.continuation("ment", isFinal: true)],
            [.text("fragment")]
        ),
        good(
            "5 binary fragments that aren't text",
            [Frame.binary([0xFF], isFinal: false), Frame.continuation([0xC0, 0x80], isFinal: true)],
            [.binary(ByteBuffer(bytes: [0xFF, 0xC0, 0x80]))]
        ),
        good(
            "5.6 ping between fragments",
            [
                Frame.text("frag", isFinal: false), Frame.ping([7]), Frame.pong([8]),
                Frame.continuation("ment", isFinal: true),
            ],
            [.ping(ByteBuffer(bytes: [7])), .pong(ByteBuffer(bytes: [8])), .text("fragment")]
        ),
        good(
            "5 two messages, so that nothing is left of the first",
            [
                Frame.binary([0xFF], isFinal: false), Frame.continuation([1], isFinal: true),
                Frame.text("a", isFinal: false), Frame.continuation("b", isFinal: true), Frame.binary([2]),
            ],
            [.binary(ByteBuffer(bytes: [0xFF, 1])), .text("ab"), .binary(ByteBuffer(bytes: [2]))]
        ),
        good(
            "5 close within a message",
            [Frame.text("frag", isFinal: false), Frame.close(1000), Frame.continuation("ment", isFinal: true)],
            [.close(.normal, reason: "")]
        ),
        good(
            "6.1 empty fragments",
            [
                Frame.text("", isFinal: false), Frame.continuation("", isFinal: false),
                Frame.continuation("a", isFinal: false),
                Frame.continuation("", isFinal: true),
            ],
            [.text("a")]
        ),
        good(
            "6.1 nothing but empty fragments",
            [Frame.text("", isFinal: false), Frame.continuation("", isFinal: true), Frame.text("b")],
            [.text(""), .text("b")]
        ),
        bad("5.9 continuation first", Frame.continuation("a", isFinal: true), at: 1, .protocolError),
        bad("5.11 continuation first, not final", Frame.continuation("a", isFinal: false), at: 1, .protocolError),
        bad(
            "5.9 continuation after a whole message",
            before: [Frame.text("a")],
            Frame.continuation("b", isFinal: true),
            at: 1,
            .protocolError,
            events: [.text("a")]
        ),
        bad(
            "5.9 continuation after a fragmented message",
            before: [Frame.text("a", isFinal: false), Frame.continuation("b", isFinal: true)],
            Frame.continuation("c", isFinal: true),
            at: 1,
            .protocolError,
            events: [.text("ab")]
        ),
        bad(
            "5.18 text within a message",
            before: [Frame.text("a", isFinal: false)],
            Frame.text("b"),
            at: 1,
            .protocolError
        ),
        bad(
            "5.18 binary within a message whose first fragment is empty",
            before: [Frame.binary([], isFinal: false)],
            Frame.binary([1]),
            at: 1,
            .protocolError
        ),
    ]

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

    static let all =
        sizes + pings + reservedBits + reservedOpcodes + fragments + closing + closeCodes + masking + lengths + bounds
}
