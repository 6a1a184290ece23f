import Platform

/// What the hub counts, from any thread.
final class HubCounters: Sendable {
    /// Reads of the history that were issued: for activation, healing and resume.
    let historyReads = Counter<AnyThread>()
    let historyFailures = Counter<AnyThread>()
    /// Holes in the live sequence that were filled from the history before any client saw them.
    let healed = Counter<AnyThread>()
    /// Holes that the history could not fill: clients were told of a gap.
    let unhealed = Counter<AnyThread>()
    /// Publications that repeated what the node had, or came from an older leader.
    let staleDropped = Counter<AnyThread>()
    /// Streams of which a heartbeat told more than this node had heard.
    let behind = Counter<AnyThread>()
    /// Publications that the broker brought, by the kinds of their streams.
    let received = CounterTable<String, AnyThread>(other: "other")
    /// From when the ingestor had them to when they came here.
    let brokerLag = LagMeter()
    /// Publications with a position that no leader gives.
    let impossible = Counter<AnyThread>()
}
