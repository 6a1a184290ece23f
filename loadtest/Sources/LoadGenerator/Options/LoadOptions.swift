import Core

/// What a run is to do, as the command line said it. A value; `check` says what makes no sense.
package struct LoadOptions: Sendable {
    /// Where publications come from.
    package enum Source: Sendable, Hashable {
        case broker(Endpoint)
        /// Somebody else publishes: the clients count what comes.
        case none
    }

    package var scenario: Scenario
    package var target = Target.tidegate
    package var urls: [Endpoint] = []
    package var source = Source.none
    /// For publishing to Tidegate: the Redis that keeps the history; nil for none.
    package var history: Endpoint?
    package var brand = "tidegate"
    package var clients = 1000
    package var streams = 1
    package var subscriptions = 1
    /// Publications per second over all streams; 0 as fast as deliveries keep up.
    package var rate = 100.0
    package var burst = 1
    package var bytes = 400
    package var deliveryClass = DeliveryClass.latest
    package var seconds = 10.0
    package var warmup = 2.0
    package var slowShare = 0.05
    package var slowKind = SlowKind.stop
    /// Of a steady client: bytes a second, and its receive buffer.
    package var slowRate = 25_000
    package var slowBuffer = 16_384
    /// Clients that leave, and come, per second.
    package var churnRate: Double?
    package var sources: Int?
    package var threads = 1
    /// Connections that are being made at a time.
    package var connectWindow = 512
    package var isHeld = false
    /// A line each second while it runs.
    package var showsProgress = true

    package init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    package var isSaturating: Bool { rate == 0 }

    package func check() throws(LoadFailure) {
        func require(_ isTrue: Bool, _ words: String) throws(LoadFailure) {
            guard isTrue else { throw LoadFailure(words) }
        }
        try require(clients >= 0, "--clients must not be negative")
        try require(clients > 0 || source != .none, "--clients 0 only publishes: --publish says where to")
        try require((1...99_999).contains(streams), "--streams must be from 1 to 99999")
        try require(
            (1...streams).contains(subscriptions),
            "--subscriptions must be from 1 to --streams (\(streams)): a client subscribes to a stream once"
        )
        try require(rate >= 0 && rate.isFinite, "--rate must not be negative; 0 is as fast as it goes")
        try require(burst > 0, "--burst must be above 0")
        try require(
            (PublicationData.minimumBytes...1_000_000).contains(bytes),
            "--bytes must be from \(PublicationData.minimumBytes), which time and number take, to 1000000"
        )
        try require(seconds > 0 && warmup >= 0, "--seconds must be above 0 and --warmup not negative")
        try require((0...1).contains(slowShare), "--slow-share must be from 0 to 1")
        try require(
            (100...1_000_000_000).contains(slowRate),
            "--slow-rate must be from 100 to 1000000000 bytes a second"
        )
        try require((1...1 << 30).contains(slowBuffer), "--slow-buffer must be from 1 byte to 1 GB")
        try require((1...64).contains(threads), "--threads must be from 1 to 64")
        try require(sources.map { (1...250 * 250).contains($0) } ?? true, "--sources must be from 1 to 62500")
        try require(connectWindow > 0, "--connect-window must be above 0")
        try require(
            target != .nchan || subscriptions == 1,
            "nchan has a connection for each stream: --subscriptions must be 1"
        )
        try require(
            !isSaturating || (clients > 0 && source != .none) || scenario == .idle || scenario == .sink,
            "--rate 0 waits for deliveries: it needs --clients and --publish in one process"
        )
        try require(
            scenario != .storm || (target == .tidegate && !isSaturating),
            "storm needs --target tidegate, which can resume, and a --rate"
        )
        try require(scenario != .churn || !isSaturating, "churn needs a --rate")
        try require(scenario == .sink || clients == 0 || !urls.isEmpty, "--url says where the clients connect")
    }
}
