import NIOCore

/// Whether an event loop turns, and how late it comes to what is due: a task that it is given several times a second.
///
/// Written on the loop, between `start` and `stop`; read from any thread. It depends on nothing but the loop.
package final class LoopPulse: Sendable {
    package static let interval: TimeAmount = .milliseconds(250)

    package let name: String
    private let loop: any EventLoop
    private let interval: TimeAmount
    private let clock: @Sendable () -> NIODeadline
    /// Nanoseconds of the monotonic clock.
    private let turnedAt = Counter<OneThread>()
    private let dueAt = Counter<OneThread>()
    private let lags = MetricHistogram<OneThread>(.seconds)

    /// - Parameters:
    ///   - interval: From one beat to the next.
    ///   - now: The time as the loop's tasks find it; nil: the loop's own clock.
    package init(
        _ name: String,
        of loop: any EventLoop,
        every interval: TimeAmount = LoopPulse.interval,
        now: (@Sendable () -> NIODeadline)? = nil
    ) {
        self.name = name
        self.loop = loop
        self.interval = interval
        clock = now ?? { loop.now }
        turnedAt.set(Self.nanoseconds(clock()))
    }

    /// How late the tasks came.
    package var lag: HistogramSnapshot { lags.snapshot }

    /// How long the loop has not turned.
    package func silence(at now: NIODeadline) -> TimeAmount {
        .nanoseconds(Int64(Self.nanoseconds(now) - turnedAt.get()))
    }

    /// Ends with the task that this answers.
    package func start() -> RepeatedTask {
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { [self] _ in beat() }
    }

    private func beat() {
        let now = Self.nanoseconds(clock())
        if dueAt.get() > 0 { lags.record(max(0, now - dueAt.get())) }
        turnedAt.set(now)
        dueAt.set(now + Int(interval.nanoseconds))
    }

    private static func nanoseconds(_ deadline: NIODeadline) -> Int { Int(clamping: deadline.uptimeNanoseconds) }
}
