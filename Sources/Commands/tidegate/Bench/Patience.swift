/// Waiting for what takes a moment, and not for ever.
enum Patience {
    private static let step = Duration.milliseconds(20)

    /// Returns when `isDone` answers true; it is asked again and again. Throws where that takes longer than `limit`.
    static func wait(
        for what: String,
        within limit: Duration = .seconds(10),
        until isDone: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        while try await !isDone() {
            guard ContinuousClock.now < deadline else {
                throw BenchFailure.failed("waited \(limit.components.seconds) s in vain for \(what)")
            }
            try await Task.sleep(for: step)
        }
    }
}
