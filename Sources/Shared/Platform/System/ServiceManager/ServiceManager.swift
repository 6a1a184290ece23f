import FoundationEssentials
import Logging
import Synchronization

/// Tells the manager of this service, where it has one (systemd with `Type=notify`), that it has come up, how it is, and that it
/// stops. Any thread.
///
/// A manager that is busy, or not there for the moment, is told again ten times a second for as long as `tell` runs. What can't be
/// told at all is logged, and goes no further: the service runs all the same.
package final class ServiceManager: Sendable {
    private struct State {
        var progress = ServiceProgress()
        /// Of a manager that can't be told anything the log has one line until it can be.
        var hasComplained = false
    }

    private static let variable = "NOTIFY_SOCKET"
    private static let interval = Duration.milliseconds(100)

    private let socket: NotificationSocket
    private let logger: Logger
    private let state = Mutex(State())

    /// Nil where nobody wants to be told.
    package init?(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        logger: Logger
    ) {
        guard let text = environment[Self.variable], !text.isEmpty else { return nil }
        guard let socket = NotificationSocket(text) else {
            logger.warning(
                "NOTIFY_SOCKET is no socket that can be told anything: the service manager is not told",
                metadata: ["socket": "\(text)", "advice": "a path, or a name with @ in front"]
            )
            return nil
        }
        self.socket = socket
        self.logger = logger
    }

    /// To be called when the ports are open. Returns when it was told that the service stops, or the task is cancelled.
    ///
    /// - Parameter obstacles: What keeps the service from serving, in words; nothing where it serves. Asked ten times a second.
    package func tell(_ obstacles: @Sendable () -> [String]) async {
        while !Task.isCancelled {
            let words = Self.words(obstacles())
            let isOver = state.withLock { state in
                tell(words, &state)
                return state.progress.isOver
            }
            if isOver { return }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// It was told to stop. Where the manager can't be told now, `tell` tells it.
    package func tellThatItStops() {
        state.withLock { state in
            state.progress.stops()
            tell("leaving", &state)
        }
    }

    private static func words(_ obstacles: [String]) -> String {
        obstacles.isEmpty ? "serving" : "not ready: \(obstacles.joined(separator: "; "))"
    }

    /// Within the lock: what is told first arrives first.
    private func tell(_ words: String, _ state: inout State) {
        let now = ContinuousClock.now
        guard let news = state.progress.news(words, at: now) else { return }
        do throws(NotificationSocket.Failure) {
            try socket.send(news.message)
            state.hasComplained = false
        } catch {
            if !state.hasComplained {
                logger.warning("the service manager could not be told", metadata: ["error": "\(error)"])
            }
            state.hasComplained = true
            if error.mayPass { return }
        }
        state.progress.told(news, at: now)
    }
}
