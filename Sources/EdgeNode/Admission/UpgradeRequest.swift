import NIOCore
import NIOHTTP1
import Platform

/// A request for a WebSocket that is right in itself: all that is known of who asks to be let in.
package struct UpgradeRequest: Sendable {
    package let head: HTTPRequestHead
    /// Who is at the other end of the socket, which may be a proxy; nil where the socket does not know.
    package let peer: SocketAddress?
    /// The client's own, behind proxies too, as far as they are trusted; nil where it is not known.
    package let address: IPAddress?
    /// What was said of its connection when it was accepted.
    let verdict: Arrival.Verdict

    package init(head: HTTPRequestHead, peer: SocketAddress?, address: IPAddress? = nil) {
        self.init(head: head, peer: peer, address: address, verdict: .later)
    }

    init(head: HTTPRequestHead, peer: SocketAddress?, address: IPAddress?, verdict: Arrival.Verdict) {
        self.head = head
        self.peer = peer
        self.address = address
        self.verdict = verdict
    }

    package var headers: HTTPHeaders { head.headers }
    package var path: Substring { head.path }
    package var query: Substring? { head.query }

    /// Where a credential was shown. The path without a key that may stand in it.
    package var origin: CredentialOrigin {
        CredentialOrigin(
            address: address?.description,
            origin: headers.first(name: "origin"),
            path: WebSocketPaths.key(in: path) == nil ? String(path) : "/ws/"
        )
    }
}
