import NIOHTTP1
import Platform

/// The proxies whose word is taken for whom they were asked by, and so the address of a client behind them. A value; any
/// thread.
///
/// Each proxy adds whom it was asked by at the end of `X-Forwarded-For`, or of `Forwarded` (RFC 7239). So they are read from the
/// end, for as long as who has added something is a trusted one: the first that is none is the client, and whatever it has
/// itself put before is of no use to it. What is no address ends the chain: then it is the last proxy that was found.
///
/// Where a request has both headers and they do not agree, one of them may be the client's own, for a proxy that adds one
/// hands the other on: then neither is believed, and the address is that of the proxy at the other end of the socket.
package struct TrustedProxies: Sendable {
    private let networks: IPRanges

    package init(_ networks: IPRanges = .none) {
        self.networks = networks
    }

    package func contains(_ address: IPAddress) -> Bool { networks.contains(address) }

    /// The client's address; nil where the socket has none.
    ///
    /// - Parameter peer: Who is at the other end of the socket, or whom the PROXY protocol has named.
    func client(_ peer: IPAddress?, _ headers: HTTPHeaders) -> IPAddress? {
        guard let peer, contains(peer) else { return peer }
        let (simple, standard) = (headers["x-forwarded-for"], headers["forwarded"])
        let first = simple.isEmpty ? nil : follow(ListFromTheEnd(simple), ForwardedNode.address(of:), from: peer)
        let second =
            standard.isEmpty ? nil : follow(ListFromTheEnd(standard), ForwardedNode.address(inElement:), from: peer)
        if let first, let second { return first == second ? first : peer }
        return first ?? second ?? peer
    }

    private func follow(
        _ chain: ListFromTheEnd,
        _ read: (Substring) -> IPAddress?,
        from peer: IPAddress
    ) -> IPAddress {
        var last = peer
        for element in chain {
            guard let address = read(element) else { return last }
            last = address
            guard contains(address) else { return last }
        }
        return last
    }
}
