import Dispatch

/// Something that is looked at every few seconds, on a thread of the system's, where it may block.
package enum RegularLook {
    /// Until the task is cancelled. No two looks at once.
    package static func every(_ interval: Duration, _ look: @escaping @Sendable () -> Void) async {
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: interval)) != nil else { return }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    look()
                    continuation.resume()
                }
            }
        }
    }
}
