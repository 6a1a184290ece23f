import Synchronization

/// How long what a heartbeat tells of may be on its way: no time at all, but while it is held.
final class HeldGrace: Sendable {
    private let isHeld = Atomic(false)

    func hold() { isHeld.store(true, ordering: .relaxed) }

    func end() { isHeld.store(false, ordering: .relaxed) }

    @Sendable func wait() async {
        // In a task of its own, which is not cancelled and so does not spin.
        while isHeld.load(ordering: .relaxed) { await Task { try? await Task.sleep(for: .milliseconds(1)) }.value }
    }
}
