/// What one principal may take, where that is not what everybody may. A value; nil is the node's own setting.
package struct PrincipalLimits: Sendable, Hashable {
    /// Streams that each of its connections may be subscribed to.
    package var subscriptions: Int?
    /// Requests a second of each of its connections.
    package var messageRate: Int?
    /// Connections at a time, on all nodes together.
    package var connections: Int?

    package init(subscriptions: Int? = nil, messageRate: Int? = nil, connections: Int? = nil) {
        self.subscriptions = subscriptions
        self.messageRate = messageRate
        self.connections = connections
    }
}
