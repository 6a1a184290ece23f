import Core
import NIOCore
import Platform

/// The streams that somebody on this shard wants, and what is asked of the hub for them. Lives on the shard's loop.
///
/// Bounded by what its clients may subscribe to; a stream that nobody wants any longer goes with a sweep.
final class StreamTable {
    /// The shard's place among the node's.
    private let shard: Int
    private let hub: Hub
    private let dialects: DialectRegistry
    private let counters: ShardCounters
    private var streams: [StreamName: StreamFanOut] = [:]

    init(shard: Int, hub: Hub, dialects: DialectRegistry, counters: ShardCounters) {
        self.shard = shard
        self.hub = hub
        self.dialects = dialects
        self.counters = counters
    }

    subscript(stream: StreamName) -> StreamFanOut? { streams[stream] }

    var all: [StreamFanOut] { Array(streams.values) }

    /// The stream, which is asked of the hub where nobody here has wanted it. What that answers is taken from the mailbox, later.
    func obtain(_ descriptor: StreamDescriptor, at now: NIODeadline, rank: Int = 0) -> StreamFanOut {
        if let present = streams[descriptor.name] { return present }
        hub.activate(descriptor, on: shard, rank: rank)
        let fanOut = StreamFanOut(
            descriptor,
            dialects: dialects,
            snapshots: hub.snapshots(of: descriptor.name) ?? SnapshotCache(),
            deliveries: counters.deliveries.cell(descriptor.kind),
            at: now
        )
        streams[descriptor.name] = fanOut
        counters.activeStreams.add()
        return fanOut
    }

    /// Asks the hub for the state that it has; the answer comes behind what is in the mailbox already.
    func askAnew(for fanOut: StreamFanOut) { hub.activate(fanOut.descriptor, on: shard, rank: fanOut.rank) }

    /// Has the stream's log read; the answer names this number.
    func readLog(of fanOut: StreamFanOut) -> LogRead.Number { hub.readLog(of: fanOut.stream, for: shard) }

    /// Whether the stream costs the exchange a question that nobody on this node has asked.
    func isUnheard(_ stream: StreamName) -> Bool { streams[stream].map { $0.rank > 0 } ?? hub.isUnheard(stream) }

    /// Somebody who asks for less wants what nobody here has heard.
    func advance(_ fanOut: StreamFanOut, to rank: Int) { hub.advance(fanOut.stream, to: rank) }

    /// The hub has said that the stream is over.
    func remove(_ stream: StreamName) -> StreamFanOut? {
        guard let fanOut = streams.removeValue(forKey: stream) else { return nil }
        counters.activeStreams.add(-1)
        return fanOut
    }

    /// The hub need not bring it any longer.
    func letGo(of stream: StreamName) { hub.release(stream, on: shard) }
}

@available(*, unavailable)
extension StreamTable: Sendable {}
