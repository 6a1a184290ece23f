import NIOCore

/// How much of what is written to a client may stand in the kernel unsent, because the client's window has no room for it:
/// about what it takes in a tenth of a second. What stands there is old before the ladder can see it, and pongs are behind
/// it. Bytes on their way are not counted, so that a bulk reader loses nothing. Pure.
///
/// It is found by need: every client begins with the same, and while a client is behind it is measured what it
/// acknowledges.
struct SendPace {
    static let least: Int32 = 1024
    /// What every socket inherits from the listener.
    static let usual: Int32 = 2048
    static let most: Int32 = 262_144
    /// A window opens in lumps: less than this measures lumps.
    private static let window: TimeAmount = .milliseconds(500)
    /// Who takes less is slow.
    private static let slowBytesPerSecond = 40_960.0
    /// What lies so far back says nothing.
    private static let longestWindow: TimeAmount = .seconds(5)

    private(set) var limit = usual
    /// 0 where it was not measured.
    private var bytesPerSecond = 0.0
    private var acknowledged: UInt64 = 0
    private var since: NIODeadline?

    var isMeasured: Bool { bytesPerSecond > 0 }

    /// Whether it was measured to take little.
    var isSlow: Bool { isMeasured && bytesPerSecond < Self.slowBytesPerSecond }

    /// How long the client is expected to need for so much; nothing where that is not known.
    func time(for bytes: Int) -> TimeAmount {
        guard bytesPerSecond > 0 else { return .zero }
        return .nanoseconds(Int64(min(Double(bytes) / bytesPerSecond, 3600) * 1e9))
    }

    func isDue(at now: NIODeadline) -> Bool { since.map { now - $0 >= Self.window } ?? true }

    /// To be called while the client is behind. True where the limit is another.
    mutating func measure(acknowledged count: UInt64, at now: NIODeadline) -> Bool {
        defer { (acknowledged, since) = (count, now) }
        guard let since, count >= acknowledged, now - since <= Self.longestWindow, now > since else { return false }
        let newest = Double(count - acknowledged) / (Double((now - since).nanoseconds) / 1e9)
        bytesPerSecond = bytesPerSecond == 0 ? newest : (bytesPerSecond + newest) / 2
        // A reader that begins is not held down, and not let loose by one lump.
        let most = min(Self.most, 4 * limit)
        let target = Int32(min(max(bytesPerSecond / 10, Double(Self.least)), Double(most)))
        guard target != limit else { return false }
        limit = target
        return true
    }
}
