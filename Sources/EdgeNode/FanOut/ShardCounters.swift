import Synchronization

/// What one shard counts. Written on its loop only, read from any thread.
final class ShardCounters: Sendable {
    let connections = Atomic(0)
    let connectionsEver = Atomic(0)
    let subscriptions = Atomic(0)
    let messagesSent = Atomic(0)
    let messagesReceived = Atomic(0)
    let conflated = Atomic(0)
    /// Messages without a number that a slow client was not given.
    let transientDropped = Atomic(0)
    let slowConsumersClosed = Atomic(0)
    let activeStreams = Atomic(0)
    /// Bytes that wait for full sockets.
    let backlogBytes = Atomic(0)
    let staleDropped = Atomic(0)
    let gaps = Atomic(0)
    /// Streams that were resumed, by whether everything that was missed could be replayed.
    let resumed = Atomic(0)
    let notRecovered = Atomic(0)
}

extension Atomic<Int> {
    /// For a counter that only one thread writes: no locked instruction.
    borrowing func add(_ amount: Int = 1) { store(load(ordering: .relaxed) + amount, ordering: .relaxed) }

    borrowing func get() -> Int { load(ordering: .relaxed) }
}
