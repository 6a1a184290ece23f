import Core
import Stores
import Synchronization

/// A history whose reads wait until the test lets them go, and that fails as often as it is told.
final class HeldHistory: History {
    struct Failure: Error {}

    private struct State {
        var isHeld: Bool
        var failures = 0
        var reading: [CheckedContinuation<Void, Never>] = []
        var reads = 0
        var lastRead: StreamName?
        var latest: [StreamName: Position] = [:]
    }

    private let state: Mutex<State>

    init(isHeld: Bool = false, failures: Int = 0, latest: [StreamName: Position] = [:]) {
        state = Mutex(State(isHeld: isHeld, failures: failures, latest: latest))
    }

    /// Reads that wait now, and all that there ever were.
    var waiting: Int { state.withLock { $0.reading.count } }
    var reads: Int { state.withLock { $0.reads } }

    var lastRead: StreamName? { state.withLock { $0.lastRead } }

    func releaseOne() {
        let reading = state.withLock { $0.reading.isEmpty ? nil : $0.reading.removeFirst() }
        reading?.resume()
    }

    func write(_ stream: StreamName, _ position: Position) { state.withLock { $0.latest[stream] = position } }

    func release() {
        let reading = state.withLock { state in
            state.isHeld = false
            defer { state.reading = [] }
            return state.reading
        }
        for continuation in reading { continuation.resume() }
    }

    func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice {
        // As of when it was asked.
        let latest = state.withLock { $0.latest[stream] }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                state.reads += 1
                state.lastRead = stream
                if state.isHeld { state.reading.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() }
        }
        return try state.withLock { state in
            state.failures -= 1
            if state.failures >= 0 { throw Failure() }
            return HistorySlice(latest: latest)
        }
    }

    func append(_ batch: [Publication]) async throws {}

    var status: StoreStatus { .connected }

    func close() async {}
}
