/// What a run of the hostile suite is to do. A value; `check` says what makes no sense.
package struct HostileOptions: Sendable {
    package var url: Endpoint
    /// The node's process; nil for the one that listens on the address's port of this machine.
    package var process: Int?
    /// All of it; the first fifth without any hostile client.
    package var seconds = 60.0
    package var honest = 10
    /// Real ones: honest clients and slow ones have their streams.
    package var symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"]
    package var kinds = HostileKind.allCases
    /// By how much the node's memory may grow.
    package var memoryBound = 64 << 20

    package init(url: Endpoint) {
        self.url = url
    }

    var quietSeconds: Double { seconds / 5 }

    package func check() throws(LoadFailure) {
        guard seconds >= 2 else { throw LoadFailure("--seconds must be 2 or more") }
        guard honest > 0 else { throw LoadFailure("--honest must be above 0: they are what is looked at") }
        guard !symbols.isEmpty else { throw LoadFailure("--symbols must name some that the exchange has") }
        guard !kinds.isEmpty else { throw LoadFailure("--kinds must name some") }
    }
}
