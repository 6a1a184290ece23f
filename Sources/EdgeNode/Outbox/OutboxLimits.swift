import Core
import NIOCore

/// How much may wait for a client's full socket, and for how long: the ladder that a slow client goes down, in one table.
///
/// | waits, or takes at the client's pace | what happens |
/// |---|---|
/// | shorter than 0.2 s, up to a quarter | everything waits its turn, many frames to a send |
/// | from 0.2 s or a quarter on, or behind another stream that is owed something | `latest` streams are conflated: the newest state, when there is room; what is `transient` is dropped |
/// | from 1 s or a half on, or behind another stream that is owed something for so long | `delta` streams are resynchronised: a snapshot, when there is room |
/// | beyond it | an `event` closes the connection with 4008 |
///
/// There is room when next to nothing waits any more: then what is owed for the longest is sent first, one after the other.
package struct OutboxLimits: Sendable, Equatable {
    /// Of one client.
    package var bytes = 1 << 20
    /// Of one client, whatever their size.
    package var messages = 16_384
    /// Of all clients of the node; those that are the furthest behind are closed with 4008. Each shard has its even part.
    package var nodeBytes = 512 << 20

    /// So old what waits for a client may be, or be when it is taken, before states are held back from it.
    static let patienceOfLatest: TimeAmount = .milliseconds(200)
    static let patienceOfDelta: TimeAmount = .seconds(1)
    /// Before a client's pace is measured, a full window is the first sign that it is slow: what waits counts as so much older,
    /// for what is added now would be in front of all that it reads.
    static let doubt: TimeAmount = .milliseconds(800)

    package init() {}

    func admits(_ deliveryClass: DeliveryClass, bytes waiting: Int, messages count: Int) -> Bool {
        let part =
            switch deliveryClass {
            case .latest, .transient: 4
            case .delta: 2
            case .event: 1
            }
        return waiting < bytes / part && count < max(1, messages / part)
    }

    /// - Parameter age: Of the oldest that waits for the client, or how long it is expected to need for all of it: the longer.
    /// - Parameter debt: For how long another stream is owed something; nil where none is.
    static func admits(_ deliveryClass: DeliveryClass, age: TimeAmount, debt: TimeAmount?) -> Bool {
        switch deliveryClass {
        case .latest, .transient: debt == nil && age < patienceOfLatest
        case .delta: max(age, debt ?? .zero) < patienceOfDelta
        case .event: true
        }
    }

    /// The longest reply, and as much as replies may come to beyond what waits; never less than what MAX_OUTBOX_BYTES allows.
    var replyBytes: Int { max(bytes, 4096) }

    /// With so little left, what was held back is sent: what stands behind more would be old when it is read.
    var settlingBytes: Int { min(bytes / 8, 2048) }
}
