/// What a message of a stream means to those that miss one: decides retention, snapshots and what a slow client loses.
package enum DeliveryClass: String, Sendable, Hashable, CaseIterable {
    /// Each message is the whole state (ticker, kline): only the newest matters.
    case latest
    /// A snapshot, then changes to it (order book): a missed one needs a new snapshot.
    case delta
    /// Each message counts (trades, liquidations, orders): never thinned.
    case event
    /// Without a number, kept by nobody, told at most once (presence, what clients say to one another): who was not there has
    /// missed it, and is told nothing of it.
    case transient

    /// Whether its messages have a place in a sequence: so that a hole shows, and what was missed can be read again.
    package var isSequenced: Bool { self != .transient }

    /// Whether there is a state that a joiner is told.
    package var hasState: Bool { self == .latest || self == .delta }
}
