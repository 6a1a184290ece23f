import Glibc
import NIOCore

/// An address of the Internet Protocol, without a port. A value.
///
/// An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`) is that IPv4 address: so one client has one address,
/// whatever kind of socket it comes by.
package enum IPAddress: Sendable, Hashable {
    case v4(UInt32)
    case v6(UInt128)

    /// As long as the longest, `ffff:...:255.255.255.255`.
    private static let maximumLength = 45

    package init(v6 bits: UInt128) {
        self = bits >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: bits)) : .v6(bits)
    }

    /// Nil where it is none: also with a port, in brackets, or with a zone.
    package init?(_ text: some StringProtocol) {
        // The system's reader would end at a NUL.
        guard text.utf8.count <= Self.maximumLength, !text.utf8.contains(0) else { return nil }
        let text = String(text)
        // Safe, both: as many bytes as an address of the family has are written, in the order of the network.
        if text.utf8.contains(UInt8(ascii: ":")) {
            var bits: UInt128 = 0
            guard inet_pton(AF_INET6, text, &bits) == 1 else { return nil }
            self.init(v6: UInt128(bigEndian: bits))
        } else {
            var bits: UInt32 = 0
            guard inet_pton(AF_INET, text, &bits) == 1 else { return nil }
            self = .v4(UInt32(bigEndian: bits))
        }
    }

    /// Nil for one that is none of the Internet's.
    package init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(text)
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .v4(let bits): return [24, 16, 8, 0].map { "\(bits >> UInt32($0) & 255)" }.joined(separator: ".")
        case .v6(let bits):
            var address = bits.bigEndian
            var text = [CChar](repeating: 0, count: Self.maximumLength + 1)
            // Safe: 16 bytes in the order of the network are what it reads, and the text has room for the longest.
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
