import NIOCore

/// Calls its body again and again on an event loop, for objects that live there, until it is cancelled or released.
final class LoopTimer {
    private let eventLoop: any EventLoop
    private let interval: TimeAmount
    private let body: () -> Void
    private var isCancelled = false

    init(every interval: Duration, on eventLoop: any EventLoop, _ body: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.interval = TimeAmount(interval)
        self.body = body
        plan()
    }

    func cancel() { isCancelled = true }

    private func plan() {
        eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
            guard let self, !isCancelled else { return }
            body()
            plan()
        }
    }
}

@available(*, unavailable)
extension LoopTimer: Sendable {}
