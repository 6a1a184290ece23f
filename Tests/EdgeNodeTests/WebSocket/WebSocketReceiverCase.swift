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

    static let all =
        sizes + pings + reservedBits + reservedOpcodes + fragments + closing + closeCodes + masking + lengths + bounds
}
