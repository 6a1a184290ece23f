import Glibc
import Logging
import Platform
import ServiceLifecycle
import UnixSignals

/// Runs the services of a process until it is told to stop: at the first SIGTERM or SIGINT they leave in good order, at a
/// second one of either the process ends at once, whatever they are at. The manager of the service, where it has one, is told
/// that it has come up, how it is, and when it leaves.
package enum ServiceRun {
    /// What a shell shows for a process that a signal has ended: the signal behind 128. Where the process is the first of its
    /// container the signal itself would not end it.
    private static let killed: Int32 = 128
    private static let logPatience = Duration.milliseconds(200)

    /// To be called when the process's ports are open.
    ///
    /// - Parameter obstacles: What the process waits for, in the words of its page `/ready`; nothing where it is ready.
    package static func untilToldToStop(
        _ services: [any Service],
        obstacles: @escaping @Sendable () -> [String],
        logger: Logger
    ) async throws {
        // Trapped before anything runs: a signal that comes meanwhile is not lost.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let group = ServiceGroup(services: services, logger: logger)
        let manager = ServiceManager(logger: logger)
        let telling = Task { await manager?.tell(obstacles) }
        let listening = Task {
            var isToldToStop = false
            for await signal in signals {
                if isToldToStop { endAtOnce(signal, logger) }
                isToldToStop = true
                logger.info("told to stop; a second time ends it at once", metadata: ["signal": "\(signal)"])
                manager?.tellThatItStops()
                await group.triggerGracefulShutdown()
            }
        }
        defer {
            telling.cancel()
            listening.cancel()
        }
        try await group.run()
    }

    private static func endAtOnce(_ signal: UnixSignal, _ logger: Logger) {
        logger.notice("told to stop a second time: ending at once", metadata: ["signal": "\(signal)"])
        FileDescriptorSink.standardError.flush(within: logPatience)
        _exit(killed + signal.rawValue)
    }
}
