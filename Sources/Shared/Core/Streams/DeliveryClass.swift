/// What a message of a stream means to those that miss one: decides retention, snapshots and what a slow client loses.
package enum DeliveryClass: Sendable, Hashable {
    /// Each message is the whole state (ticker, kline): only the newest matters.
    case latest
    /// A snapshot, then changes to it (order book): a missed one needs a new snapshot.
    case delta
    /// Each message counts (trades, liquidations, orders): never thinned.
    case event
}
