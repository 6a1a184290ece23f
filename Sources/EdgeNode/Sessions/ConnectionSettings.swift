import NIOCore

/// The bounds of one client connection, the same for all of a node.
package struct ConnectionSettings: Sendable {
    package var maximumSubscriptions = 100
    /// Text and binary messages per second; what comes beyond is dropped with an error reply.
    package var maximumMessageRate = 100
    package var maximumMessageBytes = 65_536
    package var maximumEchoMessageBytes = 16 << 20
    /// Closed when neither data was delivered to it nor anything heard from it for so long.
    package var idleTimeout: TimeAmount = .seconds(300)
    package var pingInterval: TimeAmount = .seconds(20)
    package var pingTimeout: TimeAmount = .seconds(10)
    /// From the accepted socket to the finished upgrade, and for a silent HTTP connection.
    package var handshakeTimeout: TimeAmount = .seconds(10)
    package var outbox = OutboxLimits()
    /// Past the channel, on the socket itself; not under TLS.
    package var sendsDirectly = true
    /// Closed when its socket takes nothing for so long while something waits.
    package var stallTimeout: TimeAmount = .seconds(5)
    /// How long a peer may take to answer a close frame.
    package var closeTimeout: TimeAmount = .seconds(2)
    /// How long a stream without subscribers stays subscribed at the broker.
    package var linger: TimeAmount = .seconds(5)
    /// How long a subscribe request waits for the broker and the history.
    package var activationTimeout: TimeAmount = .seconds(10)

    /// How long before its credentials end a client is told so.
    package var expiryNotice: Duration = .seconds(60)

    package init() {}
}
