import NIOCore

/// The loopback addresses that clients connect from: a pair of addresses and a port of the server have some 28,000
/// ports between them, and this takes no more than 20,000 of each.
struct SourceAddresses {
    static let portsEach = 20_000

    private let addresses: [SocketAddress]

    /// - Parameter count: 127.0.0.1 and those behind it; nil for as many as the clients need.
    init(_ count: Int?, clients: Int) throws {
        let needed = count ?? max(1, (clients + Self.portsEach - 1) / Self.portsEach)
        addresses = try (0..<needed).map { number in
            try SocketAddress(ipAddress: "127.0.\(number / 250).\(number % 250 + 1)", port: 0)
        }
    }

    func address(ofClient index: Int) -> SocketAddress { addresses[index % addresses.count] }
}
