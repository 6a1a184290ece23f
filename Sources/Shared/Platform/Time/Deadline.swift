/// Waits for something only so long.
package enum Deadline {
    /// What `body` comes to; nil where it has not ended by then, or the caller is cancelled. It is cancelled then and not waited for:
    /// some of what is asked of others can't be taken back.
    package static func value<Value: Sendable>(
        within limit: Duration,
        of body: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let (ends, end) = AsyncStream<Value?>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let working = Task { _ = end.yield(await body()) }
        let alarm = Task {
            try await Task.sleep(for: limit)
            end.yield(nil)
        }
        defer {
            working.cancel()
            alarm.cancel()
        }
        for await value in ends { return value }
        return nil
    }
}
