import NIOCore
import Platform
import Testing

@testable import EdgeNode

@Suite("A header of the PROXY protocol is read exactly, from any pieces, within its bounds")
struct ProxyHeaderTests {
    private static let v2 = ProxyHeaderV2.signature

    /// What is behind the signature; the length is put in.
    private static func v2(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        v2 + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
    }

    private static let v4Addresses: [UInt8] = [203, 0, 113, 9, 10, 0, 0, 1, 0xDC, 4, 1, 187]
    private static let v6Address: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]
    private static let v6Addresses = v6Address + v6Address + [0xDC, 4, 1, 187]
    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 203, 0, 113, 9]

    private static let good: [(bytes: [UInt8], source: String?)] = [
        (Array("PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n".utf8), "203.0.113.9"),
        (Array("PROXY TCP4 203.0.113.9 10.0.0.1 0 65535\r\n".utf8), "203.0.113.9"),
        (Array("PROXY TCP6 2001:db8::9 ::1 56324 443\r\n".utf8), "2001:db8::9"),
        (Array("PROXY TCP6 ::ffff:203.0.113.9 ::1 56324 443\r\n".utf8), "203.0.113.9"),
        (Array("PROXY UNKNOWN\r\n".utf8), nil),
        (Array("PROXY UNKNOWN whatever stands here 1 2 3 4\r\n".utf8), nil),
        (v2(0x21, 0x11, v4Addresses), "203.0.113.9"),
        // With more to say.
        (v2(0x21, 0x11, v4Addresses + [3, 0, 4, 1, 2, 3, 4]), "203.0.113.9"),
        (v2(0x21, 0x11, v4Addresses + [UInt8](repeating: 0, count: 1012)), "203.0.113.9"),
        (v2(0x21, 0x21, v6Addresses), "2001:db8::9"),
        (v2(0x21, 0x21, mapped + mapped + [0, 0, 0, 0]), "203.0.113.9"),
        (v2(0x21, 0x31, [UInt8](repeating: 0, count: 216)), nil),
        (v2(0x21, 0x00, []), nil),
        (v2(0x20, 0x00, []), nil),
        // What LOCAL says of addresses is not to be looked at.
        (v2(0x20, 0x11, v4Addresses), nil),
        (v2(0x20, 0x11, [1]), nil),
    ]

    @Test(arguments: good) func whoIsSpokenForIsTold(_ header: (bytes: [UInt8], source: String?)) throws {
        var bytes = ByteBuffer(bytes: header.bytes + [71, 69, 84])
        let read = try ProxyHeader.read(from: &bytes)
        let whole = try #require(read)
        #expect(whole.source?.description == header.source)
        #expect(String(buffer: bytes) == "GET")
    }

    @Test(arguments: good) func itIsWaitedForUntilItsLastByte(_ header: (bytes: [UInt8], source: String?)) throws {
        for count in 0..<header.bytes.count {
            var bytes = ByteBuffer(bytes: header.bytes.prefix(count))
            let read = try ProxyHeader.read(from: &bytes)
            #expect(read == nil)
            #expect(bytes.readableBytes == count)
        }
    }

    @Test(arguments: [
        "GET /ws HTTP/1.1\r\n", "proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n", " PROXY", "PROXYTCP4", "\u{16}\u{3}\u{1}",
        "\r\n\r\nX", "\0", "\u{81}",
    ])
    func whatBeginsOtherwiseHasNone(_ text: String) {
        var bytes = ByteBuffer(string: text)
        #expect(throws: ProxyHeader.Fault.absent) { try ProxyHeader.read(from: &bytes) }
    }

    @Test(arguments: [
        "PROXY \r\n", "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
        "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 -2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2  2\r\n", "PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 x 1 2\r\n", "PROXY TCP4 ::1 ::2 1 2\r\n", "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\r\n", "PROXY TCP4 \u{e9} 2.2.2.2 1 2\r\n",
        "PROXY UNKNOWN" + String(repeating: "x", count: 94),
    ])
    func aLineThatIsWrongIsRefused(_ text: String) {
        var bytes = ByteBuffer(string: text)
        #expect { try ProxyHeader.read(from: &bytes) } throws: { error in
            if case .malformed? = error as? ProxyHeader.Fault { true } else { false }
        }
    }

    @Test(arguments: [
        v2 + [0x11, 0x11, 0, 12] + v4Addresses, v2 + [0x22, 0x11, 0, 12] + v4Addresses,
        v2(0x21, 0x12, v4Addresses), v2(0x21, 0x22, v6Addresses), v2(0x21, 0x41, v4Addresses),
        v2(0x21, 0x11, Array(v4Addresses.dropLast())), v2(0x21, 0x21, Array(v6Addresses.dropLast())),
        v2(0x21, 0x11, []),
        // Refused before the rest has come.
        v2 + [0x21, 0x11, 4, 1], v2 + [0x21, 0x11, 0xFF, 0xFF], v2 + [0x31],
    ])
    func bytesThatAreWrongAreRefused(_ bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes)
        #expect { try ProxyHeader.read(from: &buffer) } throws: { error in
            if case .malformed? = error as? ProxyHeader.Fault { true } else { false }
        }
    }
}
