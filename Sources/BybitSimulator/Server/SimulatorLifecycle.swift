import Logging

/// Sees to it that a simulator is started once and stopped once, whoever asks and however often.
actor SimulatorLifecycle {
    private let configuration: SimulatorConfiguration
    private let logger: Logger
    private var starting: Task<RunningSimulator, any Error>?
    private var stopping: Task<Void, Never>?

    init(configuration: SimulatorConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The running simulator, started now if it wasn't.
    func start() async throws -> RunningSimulator {
        guard stopping == nil else { throw SimulatorError.stopped }
        if let starting { return try await starting.value }
        let task = Task { [configuration, logger] in
            try await RunningSimulator.start(configuration, logger: logger)
        }
        starting = task
        return try await task.value
    }

    /// The running simulator, or `nil` when it isn't running.
    func current() async -> RunningSimulator? {
        guard stopping == nil, let starting else { return nil }
        return try? await starting.value
    }

    func stop() async {
        if let stopping { return await stopping.value }
        let task = Task { [starting] in
            guard let starting, let running = try? await starting.value else { return }
            await running.shutDown()
        }
        stopping = task
        await task.value
    }
}
