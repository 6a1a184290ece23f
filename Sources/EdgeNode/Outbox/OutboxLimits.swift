import Shared

/// How much may wait for a client's full socket: the ladder that a slow client goes down, in one table.
///
/// | waits | what happens |
/// |---|---|
/// | up to a quarter | everything waits its turn, many frames to a send |
/// | from a quarter on | `latest` streams are conflated: the newest state, when there is room |
/// | from a half on | `delta` streams are resynchronised: a snapshot, when there is room |
/// | beyond it | an `event` closes the connection with 4008 |
package struct OutboxLimits: Sendable, Equatable {
    /// Of one client.
    package var bytes = 1 << 20
    /// Of one client, whatever their size.
    package var messages = 16_384
    /// Of all clients of the node; those that are the furthest behind are closed with 4008. Each shard has its even part.
    package var nodeBytes = 512 << 20

    package init() {}

    func admits(_ deliveryClass: DeliveryClass, bytes waiting: Int, messages count: Int) -> Bool {
        let part =
            switch deliveryClass {
            case .latest: 4
            case .delta: 2
            case .event: 1
            }
        return waiting < bytes / part && count < max(1, messages / part)
    }

    /// The longest reply, and as much as replies may come to beyond what waits; never less than what MAX_OUTBOX_BYTES allows.
    var replyBytes: Int { max(bytes, 4096) }

    /// With so little left, what was held back is sent.
    var settlingBytes: Int { bytes / 8 }
}
