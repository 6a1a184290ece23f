import Foundation
import Synchronization

/// How many scenarios run at a time: each is several busy processes, and a machine with few cores would make them late.
///
/// First come, first served: one that wants all lanes is not overtaken by those that want one.
final class Lanes: Sendable {
    static let shared = Lanes(count: max(2, ProcessInfo.processInfo.activeProcessorCount))

    private struct Waiter {
        let lanes: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var free: Int
        var waiting: [Waiter] = []

        /// Takes the lanes for those that are first in the queue and fit.
        mutating func admit() -> [Waiter] {
            var admitted: [Waiter] = []
            while let first = waiting.first, first.lanes <= free {
                free -= first.lanes
                admitted.append(waiting.removeFirst())
            }
            return admitted
        }
    }

    let count: Int
    private let state: Mutex<State>

    init(count: Int) {
        self.count = count
        state = Mutex(State(free: count))
    }

    func take(_ lanes: Int) async {
        await withCheckedContinuation { continuation in
            let admitted = state.withLock { state in
                state.waiting.append(Waiter(lanes: min(lanes, count), continuation: continuation))
                return state.admit()
            }
            for waiter in admitted { waiter.continuation.resume() }
        }
    }

    func giveBack(_ lanes: Int) {
        let admitted = state.withLock { state in
            state.free += min(lanes, count)
            return state.admit()
        }
        for waiter in admitted { waiter.continuation.resume() }
    }
}
