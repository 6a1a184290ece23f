import Dispatch
import Synchronization

/// Tells a publisher that goes as fast as deliveries keep up which streams' publications have reached all subscribers. Any
/// thread: clients count, the publisher waits.
///
/// One publication of each stream is on its way at a time, so no more than the number of streams wait here.
final class StreamGates: Sendable {
    private final class Gate: Sendable {
        let subscribers = Atomic(0)
        /// Deliveries that are still awaited.
        let awaited = Atomic(0)
    }

    private let gates: [Gate]
    private let open: Mutex<[Int]> = Mutex([])
    private let signal = DispatchSemaphore(value: 0)

    init(_ streams: Int) {
        gates = (0..<streams).map { _ in Gate() }
    }

    /// Called before anything is published.
    func expect(_ subscribers: Int, of stream: Int) {
        gates[stream].subscribers.store(subscribers, ordering: .relaxed)
    }

    /// Called before the publication is published. False where nobody is left who could have it.
    func close(_ stream: Int) -> Bool {
        let subscribers = gates[stream].subscribers.load(ordering: .relaxed)
        gates[stream].awaited.store(subscribers, ordering: .releasing)
        return subscribers > 0
    }

    /// A subscriber is gone, and what it was to have need not be awaited.
    func left(_ stream: Int) {
        gates[stream].subscribers.subtract(1, ordering: .relaxed)
        excused(1, of: stream)
    }

    @inline(__always)
    func delivered(_ verdict: StreamCursor.Verdict, of stream: Int) {
        switch verdict {
        case .next(let covered): excused(1 + covered, of: stream)
        case .gap(let missing, let covered): excused(1 + missing + covered, of: stream)
        case .state, .repeated, .reordered: break
        }
    }

    @inline(__always)
    func excused(_ count: UInt64, of stream: Int) {
        guard count > 0 else { return }
        let (before, after) = gates[stream].awaited.subtract(Int(count), ordering: .acquiringAndReleasing)
        guard before > 0, after <= 0 else { return }
        open.withLock { $0.append(stream) }
        signal.signal()
    }

    /// The streams whose publication has arrived everywhere, as soon as there is one; none after `timeout`.
    func wait(milliseconds timeout: Int) -> [Int] {
        let deadline = DispatchTime.now() + .milliseconds(timeout)
        // A signal for each stream, but all streams that are open are taken at once: some find nothing.
        while signal.wait(timeout: deadline) == .success {
            let streams = open.withLock { open in
                defer { open = [] }
                return open
            }
            if !streams.isEmpty { return streams }
        }
        return []
    }
}
