import Dispatch

/// Something that is looked at every few seconds, on a thread of the system's, where it may block.
package enum RegularLook {
    /// Until the task is cancelled. No two looks at once.
    package static func every(_ interval: Duration, _ look: @escaping @Sendable () -> Void) async {
        await every(interval, look) { _ in }
    }

    /// The same, with something behind each look that does not block but takes its time.
    package static func every<Found: Sendable>(
        _ interval: Duration,
        _ look: @escaping @Sendable () -> Found,
        then act: (Found) async -> Void
    ) async {
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: interval)) != nil else { return }
            let found = await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: look()) }
            }
            await act(found)
        }
    }
}
