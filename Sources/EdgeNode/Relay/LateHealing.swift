import Core
import Stores
import Synchronization

/// Streams of which something may be missing that could not be looked for, because the history was away. Any thread.
/// Bounded by the streams that the node has.
final class LateHealing: Sendable {
    private let relays: RelayTable
    private let reader: LogReader
    private let streams = Mutex<Set<StreamName>>([])

    init(relays: RelayTable, reader: LogReader) {
        self.relays = relays
        self.reader = reader
    }

    /// True where it is the first: the caller must then ask, again and again, for what is `due`.
    func insert(_ stream: StreamName) -> Bool {
        let isFirst = streams.withLock { streams in
            let isFirst = streams.isEmpty
            streams.insert(stream)
            return isFirst
        }
        // It may have been left just now, and then nobody takes it out.
        if !relays.contains(stream) { remove(stream) }
        return isFirst
    }

    func remove(_ stream: StreamName) { streams.withLock { _ = $0.remove(stream) } }

    /// The streams that must be healed now that the history can be read again; nil where it can't be.
    func due() async -> [StreamName]? {
        // Any of them: it may be that one can't be read.
        guard let one = streams.withLock({ $0.randomElement() }) else { return [] }
        guard await reader.read(one, from: .max, limit: 0) != nil else { return nil }
        let missed = streams.withLock { streams in
            defer { streams = [] }
            return streams
        }
        return relays.suspect(Dictionary(uniqueKeysWithValues: missed.map { ($0, nil) }))
    }
}
