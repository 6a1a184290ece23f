import NIOCore
import Platform

/// What a proxy says in front of a connection (the PROXY protocol of HAProxy, versions 1 and 2). A value.
struct ProxyHeader: Equatable {
    /// Whom the proxy speaks for; nil where it speaks for itself, as for a health check, or does not say.
    var source: IPAddress?

    enum Fault: Error, Equatable, CustomStringConvertible {
        /// No header of either version begins like this.
        case absent
        /// Which part of it is wrong.
        case malformed(String)

        var description: String {
            switch self {
            case .absent: "the connection does not begin with a header of the PROXY protocol"
            case .malformed(let what): "the header of the PROXY protocol is wrong: \(what)"
            }
        }
    }

    /// Takes it from the front of what has come; nil where it is not whole yet. What is behind it stays.
    ///
    /// Bound: it never waits for more than `ProxyHeaderV1.maximumLength`, or `ProxyHeaderV2.maximumLength`.
    static func read(from bytes: inout ByteBuffer) throws(Fault) -> ProxyHeader? {
        let begun = bytes.readableBytesView
        if ProxyHeaderV2.signature.starts(with: begun.prefix(ProxyHeaderV2.signature.count)) {
            return try ProxyHeaderV2.read(from: &bytes)
        }
        guard ProxyHeaderV1.signature.starts(with: begun.prefix(ProxyHeaderV1.signature.count)) else { throw .absent }
        return try ProxyHeaderV1.read(from: &bytes)
    }
}
