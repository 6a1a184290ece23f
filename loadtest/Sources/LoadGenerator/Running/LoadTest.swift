import NIOCore
import Platform

/// One run: clients connect, somebody publishes, it is counted, and told. Ends by itself.
package struct LoadTest: Sendable {
    /// No new client for so long while they connect: the server takes no more.
    private static let connectPatience = Duration.seconds(15)

    let options: LoadOptions
    let interruption: Interruption
    let streams: LoadStreams
    private let connector: TidegateStores.Connector?

    /// - Parameter connector: For who publishes to Tidegate's own stores.
    /// - Throws: `LoadFailure` where the options make no sense.
    package init(
        _ options: LoadOptions,
        interruption: Interruption = Interruption(),
        connector: TidegateStores.Connector? = nil
    ) throws {
        try options.check()
        self.connector = connector
        self.options = options
        self.interruption = interruption
        streams = try LoadStreams(options.streams, options.deliveryClass)
    }

    /// - Throws: `LoadFailure` where there is nothing to measure: no server, refused subscriptions, too few descriptors.
    package func run() async throws -> LoadReport {
        try DescriptorLimit.raise(forClients: options.clients)
        return try await run(publisher: try await makePublisher())
    }

    /// - Parameter publisher: Nil where somebody else publishes.
    func run(publisher: Publisher?) async throws -> LoadReport {
        let hold = options.isHeld ? HoldLines() : nil
        let gates = options.isSaturating && publisher != nil ? StreamGates(options.streams) : nil
        let fleet = try await makeFleet(gates)
        let run = MeasuredRun(
            options: options,
            streams: streams,
            fleet: fleet,
            publisher: publisher,
            gates: gates,
            interruption: interruption
        )
        let progress = options.showsProgress ? Progress(fleet, publisher).start() : nil
        defer { progress?.cancel() }
        let began = ContinuousClock.now
        try await connect(fleet)
        var report = LoadReport(options.scenario, options.target)
        report.connectSeconds = (ContinuousClock.now - began) / .seconds(1)
        try await hold?.wait(telling: "ready", unless: interruption)
        try await run.measure(&report)
        progress?.cancel()
        try await hold?.wait(telling: "measured", unless: interruption)
        await publisher?.close()
        return report
    }

    private func makePublisher() async throws -> Publisher? {
        guard case .broker(let endpoint) = options.source, options.scenario != .sink else { return nil }
        let outlet: any PublishingOutlet =
            switch options.target {
            case .tidegate: try await TidegateOutlet(options, streams, stores(endpoint))
            case .nats: try await PlainNATSOutlet(options, endpoint, streams)
            case .nchan: try await NchanOutlet(options, endpoint, streams)
            case .raw: throw LoadFailure("nobody publishes to the floor")
            }
        return Publisher(outlet, streams: options.streams)
    }

    private func stores(_ endpoint: Endpoint) async throws -> TidegateStores {
        guard let connector else { throw LoadFailure("this program has no stores to publish to") }
        let stores = try await connector(options, endpoint)
        try await stores.wait(options, endpoint)
        return stores
    }

    private func makeFleet(_ gates: StreamGates?) async throws -> ClientFleet {
        let servers = try options.urls.map { endpoint in
            ClientSettings.Server(endpoint: endpoint, address: try endpoint.resolve())
        }
        let settings = ClientSettings(
            target: options.target,
            servers: servers,
            sources: try SourceAddresses(options.sources, clients: options.clients),
            streams: streams,
            subscriptions: options.subscriptions,
            bytes: options.bytes,
            connectWindow: max(1, options.connectWindow / options.threads),
            slowKind: options.slowKind,
            slowRate: options.slowRate,
            slowBuffer: options.slowBuffer,
            gates: gates
        )
        return try await ClientFleet(
            settings,
            clients: options.clients,
            slowShare: options.scenario == .slow ? options.slowShare : 0,
            threads: options.threads
        )
    }

    private func connect(_ fleet: ClientFleet) async throws {
        guard options.clients > 0 else { return }
        // The floor counts its clients.
        if options.target != .raw { try await probe() }
        try await fleet.connectAll()
        var connected = 0
        var changed = ContinuousClock.now
        while !interruption.isWished {
            let now = try await fleet.snapshot()
            if let failure = now.failure { throw failure }
            if now.isSettled { return }
            if now.connectionsMade != connected { (connected, changed) = (now.connectionsMade, .now) }
            guard ContinuousClock.now - changed < Self.connectPatience else {
                throw LoadFailure(
                    "\(now.connectionsMade) of \(options.clients) clients are subscribed, and no other has been for "
                        + "\(Self.connectPatience): the server takes no more, or does not answer"
                )
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// One connection to each server, so that a server that is not there is said at once.
    private func probe() async throws {
        for endpoint in options.urls { try await ServerProbe.check(endpoint) }
    }
}
