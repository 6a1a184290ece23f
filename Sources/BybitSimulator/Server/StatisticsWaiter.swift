import NIOCore

/// Somebody who awaits a state of the simulator. Lives on its loop; told at each change until the condition holds.
struct StatisticsWaiter {
    let condition: @Sendable (SimulatorStatistics) -> Bool
    let promise: EventLoopPromise<SimulatorStatistics>

    /// `true` when the wait is over.
    func tell(_ statistics: SimulatorStatistics) -> Bool {
        guard condition(statistics) else { return false }
        promise.succeed(statistics)
        return true
    }

    func finish(_ statistics: SimulatorStatistics) {
        promise.succeed(statistics)
    }
}
