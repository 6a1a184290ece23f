import FoundationEssentials
import Logging
import Synchronization

/// Tells the manager of this service, where it has one (systemd with `Type=notify`), that it is ready and that it stops. Any thread.
///
/// What can't be told is logged, and goes no further: the service runs all the same.
package final class ServiceManager: Sendable {
    private static let variable = "NOTIFY_SOCKET"
    private static let interval = Duration.milliseconds(100)

    private let socket: NotificationSocket
    private let logger: Logger
    private let progress = Mutex(ServiceProgress())

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

    /// Returns when it was told that the service is ready, or stops, or the task is cancelled.
    ///
    /// - Parameter isReady: Asked ten times a second.
    package func tell(when isReady: @Sendable () -> Bool) async {
        while !Task.isCancelled, progress.withLock(\.awaitsReadiness) {
            if isReady() { return progress.withLock { tell($0.becameReady()) } }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// It was told to stop.
    package func tellThatItStops() { progress.withLock { tell($0.stops()) } }

    /// Within the lock: what is told first arrives first.
    private func tell(_ state: ServiceState?) {
        guard let state else { return }
        do {
            try socket.send(state.message)
        } catch {
            logger.warning("the service manager could not be told", metadata: ["error": "\(error)"])
        }
    }
}
