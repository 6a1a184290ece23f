import NIOCore

/// Turns a symbol's market into the frames of one topic. What it published last is the state that all subscribers of
/// the topic share, so one encoded frame serves them all and a late one starts from a snapshot of that state.
protocol TopicPublisher: AnyObject {
    /// How often it publishes, in units of a tenth of a market step (10 ms at the default rate).
    var cadence: Int { get }
    /// Whether something must go out now, whatever the cadence.
    var isUrgent: Bool { get }
    /// The wall time in milliseconds at which it needs a step even if none is due.
    var deadline: Int64? { get }
    /// Takes notice of a step just made.
    func observe(_ market: SymbolMarket)
    /// Catches up silently, before the first subscriber after a time without any.
    func resume(_ market: SymbolMarket)
    func snapshot(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer]
    func update(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer]
    /// The frames of a restarted book; empty for other topics.
    func restart(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer]
}

extension TopicPublisher {
    var isUrgent: Bool { false }
    var deadline: Int64? { nil }
    func observe(_ market: SymbolMarket) {}
    func resume(_ market: SymbolMarket) {}
    func restart(_ market: SymbolMarket, at time: Int64) -> [ByteBuffer] { [] }
}
