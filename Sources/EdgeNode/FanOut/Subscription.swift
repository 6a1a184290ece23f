import Core
import NIOCore

/// One client's subscription to one stream. Lives on its shard's loop.
///
/// While the client can't keep up, it remembers from which sequence on it owes the client something: one number,
/// however much is owed.
final class Subscription {
    // Safe: a connection ends its subscriptions before it ends itself, and nobody else keeps one. Checked references cost
    // several atomic operations per delivery.
    unowned(unsafe) let connection: ClientConnection
    unowned(unsafe) let outbox: Outbox
    /// The first sequence that was held back; nil where the client has everything.
    var owedFrom: UInt64? {
        didSet {
            if (oldValue == nil) != (owedFrom == nil) { outbox.restrain(by: owedFrom == nil ? -1 : 1) }
        }
    }
    /// Nanoseconds between two messages at least; 0 where every message is wanted.
    let minimumInterval: Int64
    var nextAllowed: NIODeadline = .uptimeNanoseconds(0)
    let descriptor: StreamDescriptor
    let variant: Variant
    /// As the client wrote it, for replies and notices.
    let spelling: String
    let maxRate: Double?
    /// What is owed begins with the stream's state, of which the client has had nothing.
    var startsWithState = false
    /// The client has had nothing of the stream's state, or was told that what it has is void: it stands nowhere.
    var lacksState = false
    /// Owed something, and in no list of debtors: the stream's state must be known first.
    var isUnlisted = false
    /// Whether a snapshot is among what was held back: what stands for it must be one, until all is paid.
    var owesSnapshot = false
    /// Where it stands in its audience's list.
    var index = 0

    init(
        connection: ClientConnection,
        descriptor: StreamDescriptor,
        variant: Variant,
        spelling: String,
        maxRate: Double?
    ) {
        self.connection = connection
        self.outbox = connection.outbox
        self.descriptor = descriptor
        self.variant = variant
        self.spelling = spelling
        self.maxRate = maxRate
        self.minimumInterval = Self.interval(of: maxRate, for: descriptor)
        if minimumInterval > 0 { outbox.restrain(by: 1) }
    }

    var stream: StreamName { descriptor.name }

    /// Whether its client can be given a publication of the stream now.
    var hasRoom: Bool { outbox.hasRoom(for: descriptor.deliveryClass) }

    /// Whether, asked for again like this, it is what it is: in another variant or at another rate it begins anew.
    func goesOn(as item: PendingSubscribe.Wanted) -> Bool {
        variant == item.variant && minimumInterval == Self.interval(of: item.argument.maxRate, for: descriptor)
    }

    /// Only whole states can stand for one another. A rate as near to 0 as a client can write it makes an interval that no
    /// integer holds: an hour is the longest.
    static func interval(of maxRate: Double?, for descriptor: StreamDescriptor) -> Int64 {
        guard let maxRate, descriptor.deliveryClass == .latest else { return 0 }
        return Int64(min(1_000_000_000 / maxRate, 3_600_000_000_000))
    }
}

@available(*, unavailable)
extension Subscription: Sendable {}
