import Platform

/// Those who are counted as one: an IPv4 address by itself, and all of a /64 of IPv6, which is the least that anybody is
/// given. A value.
struct AddressGroup: Sendable, Hashable {
    private let address: IPAddress

    init(of address: IPAddress) {
        switch address {
        case .v4: self.address = address
        // Not by the initializer, which would take some of them for IPv4.
        case .v6(let bits): self.address = .v6(bits & (UInt128(UInt64.max) << 64))
        }
    }
}
