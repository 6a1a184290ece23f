/// What a simulator serves, and where.
package struct SimulatorConfiguration: Sendable {
    package static let maximumSymbols = 10_000
    package static let maximumRate = 1_000.0

    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 0
    /// How many symbols the generated market has.
    package var symbols = 20
    /// Market steps a second and symbol. All cadences follow it; at 10 they are the exchange's.
    package var rate = 10.0
    package var seed: UInt64 = 1
    /// Paths of JSONL recordings to replay instead of the generated market.
    package var frames: [String] = []
    /// How long a topic's first data is held back after the acknowledgement, in milliseconds: pybit registers its
    /// callback after it has subscribed.
    package var firstDataDelay = 50

    package init() {}

    func validate() throws {
        guard (0...65_535).contains(port) else { throw SimulatorError.invalidPort(port) }
        guard (1...Self.maximumSymbols).contains(symbols) else { throw SimulatorError.invalidSymbols(symbols) }
        guard rate > 0, rate <= Self.maximumRate else { throw SimulatorError.invalidRate(rate) }
        guard (0...60_000).contains(firstDataDelay) else { throw SimulatorError.invalidDelay(firstDataDelay) }
    }
}
