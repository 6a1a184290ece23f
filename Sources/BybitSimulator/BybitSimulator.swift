import Logging
import ServiceLifecycle

/// A faithful local stand-in for the public linear WebSocket of the exchange's V5 API.
///
/// It owns one event-loop thread, on which its listening socket, its clients and its market live; its methods may be
/// called from anywhere. It is started once and stopped once. Bounds: 64 MiB of unsent frames a client, 1 MiB a
/// client's message, state only for topics that were subscribed.
package final class BybitSimulator: Service, Sendable {
    private let lifecycle: SimulatorLifecycle
    private let logger: Logger

    package init(configuration: SimulatorConfiguration, logger: Logger) {
        lifecycle = SimulatorLifecycle(configuration: configuration, logger: logger)
        self.logger = logger
    }

    /// Binds and serves; returns the port. Throws `SimulatorError` when the configuration or the port is no good.
    @discardableResult
    package func start() async throws -> Int {
        try await lifecycle.start().port
    }

    /// Starts if need be, and serves until graceful shutdown, cancellation or `stop()`.
    package func run() async throws {
        let running = try await lifecycle.start()
        logger.info("simulator listening", metadata: ["port": "\(running.port)"])
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await running.untilClosed()
            } onGracefulShutdown: {
                running.stopListening()
            }
        } onCancel: {
            running.stopListening()
        }
        await lifecycle.stop()
        logger.info("simulator stopped")
    }

    /// Closes all connections and the port. Nothing happens when it isn't running.
    package func stop() async {
        await lifecycle.stop()
    }

    /// Carries out a fault; `false` when not running, or when there is nothing it could be done to.
    @discardableResult
    package func inject(_ fault: Fault) async -> Bool {
        guard let running = await lifecycle.current() else { return false }
        return (try? await running.perform { $0.inject(fault) }) ?? false
    }

    package func statistics() async -> SimulatorStatistics {
        guard let running = await lifecycle.current() else { return SimulatorStatistics() }
        return (try? await running.perform { $0.statistics() }) ?? SimulatorStatistics()
    }

    /// What each connection that is open now has subscribed to.
    package func topicsOfConnections() async -> [Set<String>] {
        guard let running = await lifecycle.current() else { return [] }
        return (try? await running.perform { $0.topicsOfConnections }) ?? []
    }

    /// Waits until `condition` holds; what is returned doesn't fulfil it only if the simulator was stopped meanwhile.
    @discardableResult
    package func statistics(
        when condition: @escaping @Sendable (SimulatorStatistics) -> Bool
    ) async -> SimulatorStatistics {
        guard let running = await lifecycle.current() else { return SimulatorStatistics() }
        return (try? await running.wait(for: condition)) ?? SimulatorStatistics()
    }
}
