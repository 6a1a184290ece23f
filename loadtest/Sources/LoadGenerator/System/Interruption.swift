import Glibc
import Synchronization

/// The wish of the person at the keyboard to stop: the first SIGINT or SIGTERM ends the run with what was measured so far,
/// a second one ends the process at once. Any thread.
package final class Interruption: Sendable {
    /// Of the process: what a signal's handler may touch.
    private static let signals = Atomic(0)

    private let listens = Atomic(false)

    package init() {}

    /// From now on signals are wishes.
    package func listen() {
        // Made here, so that the handler need not make it.
        Self.signals.store(0, ordering: .relaxed)
        listens.store(true, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                if Interruption.signals.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
            }
        }
    }

    package var isWished: Bool { listens.load(ordering: .relaxed) && Self.signals.load(ordering: .relaxed) > 0 }
}
