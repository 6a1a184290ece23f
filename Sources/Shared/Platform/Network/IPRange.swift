/// A network in the notation of CIDR, `10.0.0.0/8` or `2001:db8::/32`; an address by itself is a network of one. A value.
///
/// One of IPv6 holds no IPv4 address, in whatever way that is written.
package struct IPRange: Sendable, Hashable {
    private let base: IPAddress
    /// Leading bits that all its addresses have in common.
    private let length: Int

    /// Nil where it is none: also where bits are set behind its length, for then it is not clear what was meant.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, let base = IPAddress(address) else { return nil }
        let isWrittenAsV6 = address.utf8.contains(UInt8(ascii: ":"))
        var length = isWrittenAsV6 ? 128 : 32
        if parts.count == 2 {
            let digits = parts[1]
            guard digits.utf8.count <= 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let given = Int(digits), given <= length
            else { return nil }
            length = given
        }
        // An IPv4 network that is written as one of IPv6.
        if isWrittenAsV6, case .v4 = base { length -= 96 }
        switch base {
        case .v4(let bits): guard length >= 0, bits << UInt32(length) == 0 else { return nil }
        case .v6(let bits): guard bits << UInt128(length) == 0 else { return nil }
        }
        self.base = base
        self.length = length
    }

    package func contains(_ address: IPAddress) -> Bool {
        switch (base, address) {
        case (.v4(let base), .v4(let address)): (base ^ address) >> UInt32(32 - length) == 0
        case (.v6(let base), .v6(let address)): (base ^ address) >> UInt128(128 - length) == 0
        default: false
        }
    }
}

extension IPRange: CustomStringConvertible {
    package var description: String { "\(base)/\(length)" }
}
