import BybitCatalog
import Core
import Synchronization

/// Puts together what was told of a publication on its way: when the ingestor had it from the exchange, and when a client
/// had what came of it. Either may be told first. Any thread.
///
/// Holds one number for each publication of which one half is missing: for as long as a measurement, and no longer.
final class LatencyProbe: Sendable {
    private struct Stream {
        var ingested: [UInt64: Int64] = [:]
        var received: [UInt64: Int64] = [:]
        var wasReceived = false
    }

    private struct State {
        var streams: [Stream]
        var samples: [Int64] = []
        var isSampling = false
        /// Streams of which a client has had something.
        var seen = 0

        mutating func sample(from start: Int64, to end: Int64) {
            if isSampling { samples.append(end &- start) }
        }
    }

    private let indices: [StreamName: Int]
    /// By what the `action` dialect calls them.
    private let spelled: [String: Int]
    private let state: Mutex<State>

    init(_ streams: [StreamName]) {
        indices = Dictionary(uniqueKeysWithValues: streams.enumerated().map { ($1, $0) })
        let spellings = streams.map { BybitStream($0)?.name(in: .action) ?? $0.canonical }
        spelled = Dictionary(uniqueKeysWithValues: spellings.enumerated().map { ($1, $0) })
        state = Mutex(State(streams: Array(repeating: Stream(), count: streams.count)))
    }

    /// A client has had something of each stream.
    var hasSeenAll: Bool { state.withLock { $0.seen == $0.streams.count } }

    func ingested(_ publications: [Publication]) {
        state.withLock { state in
            for publication in publications {
                guard let index = indices[publication.stream] else { continue }
                let sequence = publication.position.sequence
                if let received = state.streams[index].received.removeValue(forKey: sequence) {
                    state.sample(from: publication.ingestTime, to: received)
                } else {
                    state.streams[index].ingested[sequence] = publication.ingestTime
                }
            }
        }
    }

    /// - Parameter time: Microseconds since 1970.
    func received(_ stream: String, _ sequence: UInt64, at time: Int64) {
        guard let index = spelled[stream] else { return }
        state.withLock { state in
            if !state.streams[index].wasReceived {
                state.streams[index].wasReceived = true
                state.seen += 1
            }
            if let ingested = state.streams[index].ingested.removeValue(forKey: sequence) {
                state.sample(from: ingested, to: time)
            } else {
                state.streams[index].received[sequence] = time
            }
        }
    }

    func startSampling() { state.withLock { $0.isSampling = true } }

    /// Latencies in microseconds.
    func stopSampling() -> [Int64] {
        state.withLock { state in
            state.isSampling = false
            return state.samples
        }
    }
}
