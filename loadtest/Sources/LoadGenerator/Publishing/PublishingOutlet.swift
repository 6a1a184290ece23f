/// One publication, before it has a form.
struct PlannedPublication: Sendable {
    let stream: Int
    /// Contiguous in its stream, from 1.
    let number: UInt64
    /// Planned for: nanoseconds of the monotonic clock.
    let time: Int64
}

/// Where a publisher's work goes. Called from the publisher's thread, one batch after the other.
protocol PublishingOutlet: Sendable {
    /// Returns when the next batch may come.
    func publish(_ batch: [PlannedPublication]) async throws

    func close() async
}
