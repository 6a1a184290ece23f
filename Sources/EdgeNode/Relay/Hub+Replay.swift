import Core
import NIOCore
import Synchronization

/// The log of a stream for the clients that resume: one read of the history for all that ask while it is under way.
extension Hub {
    /// The shard will get `.log` with the number that this answers, behind every publication that it was given before.
    ///
    /// A shard must keep what comes live from now on: the read that answers it begins no earlier, so that both together
    /// are whole. Of another number is the answer to an earlier question, which may end before that.
    func readLog(of stream: StreamName, for shard: Int) -> LogRead.Number {
        let number = logReads.wrappingAdd(1, ordering: .relaxed).newValue
        let (answer, starts) = relays.withLock { relays in
            guard let index = relays.index(forKey: stream) else {
                post([.log(stream, number, nil)], to: shard)
                return (number, false)
            }
            let isUnderWay = relays.values[index].logRead != nil
            let place = isUnderWay ? \Relay.laterLogRead : \Relay.logRead
            var read = relays.values[index][keyPath: place] ?? LogRead(number: number)
            read.shards |= 1 << shard
            relays.values[index][keyPath: place] = read
            return (read.number, !isUnderWay)
        }
        if starts { Task { await readLogs(of: stream, answer) } }
        return answer
    }

    private func readLogs(of stream: StreamName, _ first: LogRead.Number) async {
        var next: LogRead.Number? = first
        while let number = next {
            // Whoever comes back while the history is away for a moment has lost nothing yet.
            let slice = await patiently(for: stream) { await readLog(stream, from: 0) }
            next = relays.withLock { relays in
                // The stream may have gone meanwhile, and come back with reads of its own.
                guard let index = relays.index(forKey: stream), let read = relays.values[index].logRead,
                    read.number == number
                else { return nil }
                Self.forEachShard(in: read.shards) { post([.log(stream, number, slice)], to: $0) }
                relays.values[index].logRead = relays.values[index].laterLogRead.take()
                return relays.values[index].logRead?.number
            }
        }
    }
}
