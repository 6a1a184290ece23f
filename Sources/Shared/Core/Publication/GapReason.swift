/// Why messages of a stream are missing through no fault of the client. The raw value is the word on the wire.
package enum GapReason: String, Sendable, CaseIterable {
    /// The connection to the exchange was away: what it sent meanwhile is not known.
    case upstream
    /// A new leader took over and can't show that nothing was missed, or the leader could not deliver all that it had.
    case failover
    /// This edge node missed publications that it could not read again.
    case edge
}
