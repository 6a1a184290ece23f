import NIOCore
import Platform

/// Finds out whether the exchange can be reached from here.
package enum UpstreamProbe {
    /// Opens a WebSocket to `url` and closes it again. Nil where that worked within `timeout`, otherwise the reason.
    package static func failure(
        of url: WebSocketURL,
        timeout: TimeAmount,
        group: any EventLoopGroup
    ) async -> String? {
        await withTaskGroup(of: String?.self) { tasks in
            tasks.addTask {
                do {
                    let client = WebSocketClient(group: group, connectTimeout: timeout)
                    let channel = try await client.connect(to: url) { _ in Deaf() }
                    channel.close(promise: nil)
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            tasks.addTask {
                // Looking up the name may take longer than connecting may.
                try? await Task.sleep(for: .nanoseconds(timeout.nanoseconds))
                return "no answer within \(timeout.nanoseconds / 1_000_000_000) s"
            }
            let first = await tasks.next() ?? nil
            tasks.cancelAll()
            return first
        }
    }

    private final class Deaf: WebSocketClientDelegate {
        func opened(_ connection: WebSocketConnection) {}
        func received(_ message: ByteBuffer) {}
        func receivedOversized(_ beginning: ByteBuffer, bytes: Int) {}
        func readCompleted() {}
        func closed(reason: String) {}
    }
}
