import Core
import Stores
import Synchronization

/// Reads logs for the clients that resume: one read of the history for all that ask while it is under way. Any thread.
/// Bounded by two reads for each stream, one under way and one to come (`LogReads`), and by the width of the `LogReader`.
final class ReplayReads: Sendable {
    private let relays: RelayTable
    private let reader: LogReader
    /// Reads so far: their numbers.
    private let numbers = Atomic<LogRead.Number>(0)

    init(relays: RelayTable, reader: LogReader) {
        self.relays = relays
        self.reader = reader
    }

    /// The shard will get `.log` with the number that this answers, behind every publication that it was given before; with
    /// nil where the history can't be read, though it was waited for.
    func read(_ stream: StreamName, for shard: Int) -> LogRead.Number {
        let number = numbers.wrappingAdd(1, ordering: .relaxed).newValue
        let (answer, starts) = relays.askLog(of: stream, for: shard, number: number)
        if starts { Task { await read(stream, answer) } }
        return answer
    }

    private func read(_ stream: StreamName, _ first: LogRead.Number) async {
        var next: LogRead.Number? = first
        while let number = next {
            // Whoever comes back while the history is away for a moment has lost nothing yet.
            let slice = await reader.patiently(for: stream) { await reader.read(stream, from: 0) }
            next = relays.endLog(of: stream, number, with: slice)
        }
    }
}
