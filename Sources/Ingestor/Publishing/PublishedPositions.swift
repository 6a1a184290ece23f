import Core
import NIOCore
import Synchronization

/// Where the streams stand of which the history and the broker have taken everything up to there: told with the
/// heartbeat, so that a node finds the last message of a quiet stream missing, behind which nothing comes that shows it.
///
/// A stream that has fallen quiet is told with `tellings` heartbeats, for one may be lost as well; beside that all are
/// told in turn, `turnsPerBeat` at a time, by which a subscription is found that hears nothing any more. Any thread: the
/// publisher adds, the pipeline begins and forgets, the heartbeater takes. Bounded by the streams that the sequencer
/// remembers; what a beat has no room for is told by the next.
final class PublishedPositions: Sendable {
    /// A stream that had nothing for so long has fallen quiet.
    static let quietTime = TimeAmount.milliseconds(500)
    static let tellings = 3
    static let turnsPerBeat = 200
    static let maximumPerBeat = 12_000

    private struct Entry {
        var position: Position
        var publishedAt: NIODeadline
        /// How often it is still to be told that it is quiet.
        var left = PublishedPositions.tellings
        /// In which beat its turn comes.
        let number: UInt64
    }

    private struct State {
        var entries: [StreamName: Entry] = [:]
        var nextNumber: UInt64 = 0
        var beat: UInt64 = 0

        mutating func set(_ position: Position, of stream: StreamName, at now: NIODeadline) {
            if let index = entries.index(forKey: stream) {
                entries.values[index].position = position
                entries.values[index].publishedAt = now
                entries.values[index].left = PublishedPositions.tellings
            } else {
                entries[stream] = Entry(position: position, publishedAt: now, number: nextNumber)
                nextNumber += 1
            }
        }
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.entries.count } }

    /// History and broker have all of these.
    func published(_ batch: [Publication], at now: NIODeadline = .now()) {
        state.withLock { state in
            for publication in batch where publication.isSequenced {
                state.set(publication.position, of: publication.stream, at: now)
            }
        }
    }

    /// The history held this when the stream was started: whether every node has heard it nobody knows, for the leader that
    /// wrote it may have died before it was published.
    func begin(_ stream: StreamName, at position: Position, _ now: NIODeadline = .now()) {
        state.withLock { state in
            guard state.entries[stream] == nil else { return }
            state.set(position, of: stream, at: now)
        }
    }

    /// Forgets those of these streams that stand there and have been told often enough. Answers them.
    func forget(_ streams: [StreamName: Position]) -> [StreamName] {
        state.withLock { state in
            streams.compactMap { stream, position in
                guard let entry = state.entries[stream], entry.position == position, entry.left == 0 else { return nil }
                state.entries[stream] = nil
                return stream
            }
        }
    }

    /// Forgets these, wherever they stand.
    func remove(_ streams: some Sequence<StreamName>) {
        state.withLock { state in for stream in streams { state.entries[stream] = nil } }
    }

    /// What the next heartbeat tells.
    func due(at now: NIODeadline = .now()) -> [StreamName: Position] {
        state.withLock { state in
            state.beat += 1
            let beats = max(1, UInt64((state.entries.count + Self.turnsPerBeat - 1) / Self.turnsPerBeat))
            let turn = state.beat % beats
            var due: [StreamName: Position] = [:]
            var index = state.entries.startIndex
            while index != state.entries.endIndex, due.count < Self.maximumPerBeat {
                let (stream, entry) = state.entries[index]
                let isFreshlyQuiet = entry.left > 0 && now - entry.publishedAt >= Self.quietTime
                if isFreshlyQuiet { state.entries.values[index].left -= 1 }
                if isFreshlyQuiet || entry.number % beats == turn { due[stream] = entry.position }
                state.entries.formIndex(after: &index)
            }
            return due
        }
    }
}
