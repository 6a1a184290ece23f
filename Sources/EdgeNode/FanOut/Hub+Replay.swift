import NIOCore
import Shared
import Synchronization

/// The log of a stream for the clients that resume: one read of the history for all that ask while it is under way.
extension Hub {
    /// The shard will get `.log`, behind every publication that it was given before.
    ///
    /// A shard must keep what comes live from now on: the read that answers it begins no earlier, so that both together
    /// are whole.
    func readLog(of stream: StreamName, for shard: Int) {
        let starts = relays.withLock { relays in
            guard let index = relays.index(forKey: stream) else {
                post([.log(stream, nil)], to: shard)
                return false
            }
            guard relays.values[index].readers == nil else {
                relays.values[index].laterReaders |= 1 << shard
                return false
            }
            relays.values[index].readers = 1 << shard
            return true
        }
        if starts { Task { await readLogs(of: stream) } }
    }

    private func readLogs(of stream: StreamName) async {
        var isDone = false
        while !isDone {
            let slice = await readLog(stream, from: 0)
            isDone = relays.withLock { relays in
                guard let index = relays.index(forKey: stream), let readers = relays.values[index].readers else {
                    return true
                }
                Self.forEachShard(in: readers) { post([.log(stream, slice)], to: $0) }
                let later = relays.values[index].laterReaders
                relays.values[index].readers = later == 0 ? nil : later
                relays.values[index].laterReaders = 0
                return later == 0
            }
        }
    }
}
