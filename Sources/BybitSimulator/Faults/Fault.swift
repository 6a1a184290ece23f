/// What can go wrong with an exchange, on demand.
package enum Fault: Sendable, Equatable {
    /// Closes the TCP connections without a WebSocket close frame: all of them, or those that have a topic.
    case dropConnections(topic: String? = nil)
    /// Keeps the connections that are open now, and sends them nothing for that long: no data, pongs or
    /// acknowledgements. Afterwards what they sent meanwhile is answered, and their topics start from a new snapshot,
    /// because what was missed is lost. Connections made meanwhile are served as usual.
    case stall(Duration)
    /// Sends each connection frames that a client must survive.
    case garbage(Garbage)
    /// Rebuilds the book of a symbol, or of all: a snapshot with `u` = 1, then deltas from there.
    case restartBook(symbol: String?)
    /// Sends each connection one text frame of that many bytes.
    case oversized(bytes: Int)
    /// For that long every request for subscriptions fails as a whole, in these words, also on connections that are made
    /// meanwhile.
    case refuseSubscriptions(Duration, words: String = "error:system busy")
    /// From now on each request is looked at so much later, as on a long way to the exchange; zero ends it.
    case delayAnswers(Duration)
    /// For that long every attempt to open a WebSocket is answered with HTTP 429, and this `Retry-After`.
    case refuseUpgrades(Duration, retryAfter: String? = nil)
    /// From now on the exchange lists this instrument so: a new one, or one that it has.
    case list(ListedInstrument)

    package static let maximumStall = Duration.seconds(3_600)
    package static let maximumAnswerDelay = Duration.seconds(60)
    package static let maximumOversize = 64 * 1_024 * 1_024
}
