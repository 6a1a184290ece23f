/// What the handshakes of one round took.
struct HandshakeRound {
    let handshakes: Int
    let time: Duration
    /// Of the node, with all that it does until each client is a client of its own.
    let cpuSeconds: Double

    /// No less than a step of the clock is counted.
    var perCPUSecond: Double { Double(handshakes) / max(cpuSeconds, 0.01) }
    var perSecond: Double { Double(handshakes) / (time / .seconds(1)) }

    /// In words, of several rounds; there must be one at least.
    static func summary(_ rounds: [HandshakeRound]) -> String {
        let byTheClock = Int(Spread(rounds.map(\.perSecond)).median.rounded())
        return "\(Spread(rounds.map(\.perCPUSecond))) a second of CPU time, \(byTheClock) a second by the clock"
    }
}
