import Core
import Platform
import Stores

/// Reads what is missing in a live sequence from the history, before any shard sees what comes after it.
///
/// An ingestor keeps a publication before it publishes it, so what is missing is in the history by the time that the next
/// one is heard, unless it was never kept. What the history doesn't have stays a hole, which the shards tell their clients.
/// Meanwhile what comes live is kept, bounded by `KeptPublications`.
///
/// In the task of whoever calls; of one stream one call at a time.
struct Healer: Sendable {
    let relays: RelayTable
    let reader: LogReader

    func heal(_ stream: StreamName) async -> RelayStep? {
        let missing = await reader.patiently(for: stream) { await readMissing(of: stream) }
        return relays.tell(.read(missing, at: WallClock.microseconds()), of: stream)
    }

    /// What the history has after the stream's place in the sequence; nil where it can't be read.
    private func readMissing(of stream: StreamName) async -> [Publication]? {
        guard let (read, deliveryClass) = relays.beginReading(stream) else { return [] }
        guard var slice = await reader.read(stream, from: read.first) else { return nil }
        if read.isOutdated(by: slice) {
            guard let whole = await reader.read(stream, from: 0) else { return nil }
            slice = whole
        }
        return read.missing(in: slice, of: deliveryClass)
    }
}
