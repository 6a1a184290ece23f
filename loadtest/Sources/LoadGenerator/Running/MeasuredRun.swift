/// From the first publication to the last delivery: what is published when, what the clients do meanwhile, and the sum of
/// it.
struct MeasuredRun: Sendable {
    /// Between the decision to publish and the first planned moment.
    private static let lead: Int64 = 50_000_000
    /// Nothing more has come for so long: then nothing more comes.
    private static let silence = Duration.seconds(1)
    /// The same where it is known that more is due.
    private static let silenceOfABusyServer = Duration.seconds(5)
    private static let drainPatience = Duration.seconds(20)
    private static let stormPatience = Duration.seconds(60)
    /// How long clients that were slow read at the end, to learn what became of them.
    private static let slowEpilogue = Duration.seconds(2)
    private static let churnInterval = Duration.milliseconds(100)

    let options: LoadOptions
    let streams: LoadStreams
    let fleet: ClientFleet
    let publisher: Publisher?
    let gates: StreamGates?
    let interruption: Interruption

    func measure(_ report: inout LoadReport) async throws {
        let subscribers = try await fleet.subscribers(streams: streams.count)
        let before = try await fleet.snapshot()
        let start = MonotonicClock.nanoseconds() + Self.lead
        let measured = MeasuredTime(
            start: start + Int64(options.warmup * 1e9),
            end: start + Int64((options.warmup + options.seconds) * 1e9)
        )
        try await fleet.measure(measured)
        if options.scenario == .slow { try await fleet.slowDown() }
        async let publishing = publish(from: start, measured, subscribers)
        // Where this ends early, it would publish on to its own end.
        defer { publisher?.stop() }
        try await sleep(until: measured.start)
        if options.isHeld { StandardError.write(line: #"{"event":"measuring"}"#) }
        let cpu = (process: MonotonicClock.processCPU(), clients: try await fleet.snapshot().cpu)
        let cut = try await act(measured)
        try await sleep(until: measured.end)
        let end = min(MonotonicClock.nanoseconds(), measured.end)
        if cut != nil { try await untilAllAreLive() }
        publisher?.stop(at: interruption.isWished ? 0 : end)
        let outcome = await publishing
        let expected = outcome.map { zip($0.published, subscribers).reduce(0) { $0 + $1.0 * $1.1 } }
        try await drain(expected)
        let last = try await fleet.snapshot()
        let used = MonotonicClock.processCPU() - cpu.process
        // A storm may have gone on after the measured time.
        let elapsed = Double(MonotonicClock.nanoseconds() - measured.start) / 1e9
        if options.scenario == .slow { try await epilogue() }
        if let failure = last.failure { throw failure }

        fill(&report, connected: before.live + before.slowLive)
        report.seconds = Double(max(last.tally.lastDelivery, end) - measured.start) / 1e9
        report.clientCPUSeconds = Double(last.cpu - cpu.clients) / 1e9
        report.clientLoad = report.clientCPUSeconds / elapsed / Double(options.threads)
        report.processCPUSeconds = Double(used) / 1e9
        report.add(last, slow: try await fleet.snapshot())
        report.add(outcome, expected: knowsExpected ? expected : nil)
        if let cut { report.add(last.storm, since: cut) }
        report.findProblems()
    }

    private func fill(_ report: inout LoadReport, connected: Int) {
        report.clients = options.clients
        report.connected = connected
        report.subscriptions = connected * options.subscriptions
        report.streams = options.streams
        report.bytes = options.bytes
        report.rate = options.rate
        report.isInterrupted = interruption.isWished
    }

    /// Clients that come and go make it another number each moment.
    private var knowsExpected: Bool { options.scenario != .churn && options.clients > 0 }

    private func publish(from start: Int64, _ measured: MeasuredTime, _ subscribers: [Int]) async -> Publisher.Outcome?
    {
        guard let publisher, options.scenario != .idle else { return nil }
        // Who comes back after a storm is live with a publication, however late that is. It does not count as one of the
        // measured time.
        let end = options.scenario == .storm ? Int64.max : measured.end
        if let gates {
            return await publisher.saturate(gates, subscribers: subscribers, from: start, to: end, measured: measured)
        }
        let plan = PublishingPlan(rate: options.rate, burst: options.burst, start: start, end: end)
        return await publisher.run(plan, measured: measured)
    }

    /// What the scenario does in the measured time; answers when connections were cut.
    private func act(_ measured: MeasuredTime) async throws -> Int64? {
        switch options.scenario {
        case .storm:
            try await sleep(until: measured.start + (measured.end - measured.start) / 4)
            let cut = MonotonicClock.nanoseconds()
            try await fleet.storm()
            return cut
        case .churn:
            let rate = options.churnRate ?? max(1, Double(options.clients) / 10)
            var owed = 0.0
            while !interruption.isWished, MonotonicClock.nanoseconds() < measured.end {
                owed += rate * (Self.churnInterval / .seconds(1))
                try await fleet.replace(Int(owed))
                owed -= owed.rounded(.down)
                try await Task.sleep(for: Self.churnInterval)
            }
            return nil
        case .idle, .hot, .many, .slow, .sink: return nil
        }
    }

    private func sleep(until moment: Int64) async throws {
        while !interruption.isWished {
            let left = moment - MonotonicClock.nanoseconds()
            guard left > 0 else { return }
            try await Task.sleep(for: .nanoseconds(min(left, 50_000_000)))
            if let failure = try await failure() { throw failure }
        }
    }

    private func failure() async throws -> LoadFailure? {
        try await fleet.onEach { $0.failure }.compactMap { $0 }.first
    }

    private func untilAllAreLive() async throws {
        let began = ContinuousClock.now
        while !interruption.isWished, ContinuousClock.now - began < Self.stormPatience {
            let now = try await fleet.snapshot()
            if let failure = now.failure { throw failure }
            if now.storm.live >= now.storm.reconnected, now.isSettled { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Until all that was expected is accounted for, or nothing comes any more.
    private func drain(_ expected: Int?) async throws {
        let began = ContinuousClock.now
        let silence = expected == nil ? Self.silence : Self.silenceOfABusyServer
        var (received, changed) = (-1, began)
        while ContinuousClock.now - began < Self.drainPatience {
            let tally = try await fleet.snapshot().tally
            if let expected, tally.delivered + tally.conflated + tally.missing >= expected { return }
            if tally.received != received { (received, changed) = (tally.received, .now) }
            if ContinuousClock.now - changed >= silence { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func epilogue() async throws {
        try await fleet.readAgain()
        try await Task.sleep(for: Self.slowEpilogue)
    }
}
