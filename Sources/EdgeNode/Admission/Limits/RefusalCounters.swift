import Platform

/// How often somebody was refused for having or doing too much, or for where it comes from. Any thread.
package final class RefusalCounters: Sendable {
    package let addressConnections = Counter<AnyThread>()
    package let addressRate = Counter<AnyThread>()
    package let nodeRate = Counter<AnyThread>()
    /// Connections of a user or a key.
    package let principalConnections = Counter<AnyThread>()
    package let origin = Counter<AnyThread>()
    /// Closed since they did not begin with a header of the PROXY protocol, or came from no trusted proxy.
    package let proxyProtocol = Counter<AnyThread>()

    package init() {}

    func count(_ refusal: AddressRefusal) {
        switch refusal {
        case .connections: addressConnections.add()
        case .rate: addressRate.add()
        }
    }
}
