import Synchronization

/// How long what a heartbeat tells of may be on its way: no time at all, but while it is held.
final class HeldGrace: Sendable {
    private let isHeld = Atomic(false)

    func hold() { isHeld.store(true, ordering: .relaxed) }

    func end() { isHeld.store(false, ordering: .relaxed) }

    @Sendable func wait() async {
        while isHeld.load(ordering: .relaxed) { try? await Task.sleep(for: .milliseconds(1)) }
    }
}
