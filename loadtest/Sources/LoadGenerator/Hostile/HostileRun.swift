import NIOCore
import NIOPosix

/// Honest clients on a node, and hostile ones beside them: what becomes of all. Ends by itself.
package struct HostileRun: Sendable {
    private static let sampling = Duration.milliseconds(100)

    private let options: HostileOptions
    private let interruption: Interruption

    /// - Throws: `LoadFailure` where the options make no sense.
    package init(_ options: HostileOptions, interruption: Interruption = Interruption()) throws(LoadFailure) {
        try options.check()
        self.options = options
        self.interruption = interruption
    }

    /// - Throws: `LoadFailure` where there is no server.
    package func run() async throws -> HostileReport {
        try await ServerProbe.check(options.url)
        let address = try options.url.resolve()
        // One for the honest, whose times count, and one for the others.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let (honest, hostile) = (group.next(), group.next())
        let crew = try await onLoop(honest) { HonestCrew(options, address, honest) }
        var crews: [NIOLoopBoundBox<HostileCrew>] = []
        for kind in options.kinds {
            crews.append(try await onLoop(hostile) { HostileCrew(kind, options, address, hostile) })
        }
        let ticks = try await start(crew, crews)
        var report = HostileReport(url: "\(options.url)", seconds: options.seconds)
        let process = options.process ?? ProcessMemory.process(listeningOn: options.url.port)
        let began = ContinuousClock.now
        try await watch(process, until: began + .seconds(options.quietSeconds), &report.memory)
        let before = report.memory?.peak ?? 0
        report.memory?.before = before
        try await perform(crew) { $0.hostilesCome(at: MonotonicClock.nanoseconds()) }
        for crew in crews { try await perform(crew) { $0.start() } }
        try await watch(process, until: began + .seconds(options.seconds), &report.memory)
        report.honest = try await perform(crew) { $0.finish() }
        for crew in crews { report.crews.append(try await perform(crew) { $0.finish() }) }
        for tick in ticks { tick.cancel() }
        try await group.shutdownGracefully()
        report.isInterrupted = interruption.isWished
        report.findProblems(memoryBound: options.memoryBound)
        return report
    }

    private func start(
        _ honest: NIOLoopBoundBox<HonestCrew>,
        _ hostile: [NIOLoopBoundBox<HostileCrew>]
    ) async throws -> [RepeatedTask] {
        try await perform(honest) { $0.start() }
        let interval = TimeAmount.milliseconds(1000 / Int64(HostileClient.ticksPerSecond))
        var tasks = [
            honest.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                honest.value.tick(at: MonotonicClock.nanoseconds())
            }
        ]
        for crew in hostile {
            tasks.append(
                crew.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                    crew.value.tick(at: MonotonicClock.nanoseconds())
                }
            )
        }
        return tasks
    }

    /// Looks at the node's memory until then.
    private func watch(
        _ process: Int?,
        until end: ContinuousClock.Instant,
        _ memory: inout HostileReport.Memory?
    ) async throws {
        while ContinuousClock.now < end, !interruption.isWished {
            if let bytes = process.flatMap(ProcessMemory.bytes) {
                var seen = memory ?? HostileReport.Memory()
                seen.peak = max(seen.peak, bytes)
                memory = seen
            }
            try await Task.sleep(for: Self.sampling)
        }
    }

    private func onLoop<Crew>(
        _ loop: any EventLoop,
        _ make: @escaping @Sendable () -> Crew
    ) async throws -> NIOLoopBoundBox<Crew> {
        try await loop.submit { NIOLoopBoundBox(make(), eventLoop: loop) }.get()
    }

    private func perform<Crew, Value: Sendable>(
        _ crew: NIOLoopBoundBox<Crew>,
        _ body: @escaping @Sendable (Crew) -> Value
    ) async throws -> Value {
        try await crew.eventLoop.submit { body(crew.value) }.get()
    }
}
