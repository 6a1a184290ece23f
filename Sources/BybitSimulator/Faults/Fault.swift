/// What can go wrong with an exchange, on demand.
package enum Fault: Sendable, Equatable {
    /// Closes the TCP connections without a WebSocket close frame.
    case dropConnections
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

    package static let maximumStall = Duration.seconds(3_600)
    package static let maximumOversize = 64 * 1_024 * 1_024
}
