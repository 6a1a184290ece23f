import Stores

/// How far another clock is from this machine's. Pure; milliseconds.
struct ClockDifference: Sendable, Hashable {
    /// Up to there nobody notices: times of messages are told in milliseconds, and lags of less than nothing count as none.
    static let tolerance: Int64 = 1000

    /// How much the other is ahead; below 0 where it is behind.
    let ahead: Int64
    /// By how much that may be wrong.
    let uncertainty: Int64

    /// - Parameters:
    ///   - theirs: What the other said, since 1970.
    ///   - before: By this machine's clock, when it was asked, and when the answer was there.
    ///   - resolution: The other says no more exactly than that.
    init(theirs: Int64, between before: Int64, and after: Int64, resolution: Int64 = 0) {
        // One that says whole seconds is half of one behind itself, on average.
        ahead = theirs + resolution / 2 - (before + after) / 2
        uncertainty = max(0, after - before) / 2 + resolution / 2
    }

    func finding(of whose: String, at place: String) -> Finding {
        let distance = ahead.magnitude
        guard distance > UInt64(Self.tolerance + uncertainty) else {
            return Finding(
                .fine,
                "the clock of \(whose) agrees with this one, within \(distance + UInt64(uncertainty)) ms",
                at: place
            )
        }
        let words = "the clock of \(whose) is \(distance) ms \(ahead > 0 ? "ahead of" : "behind") this machine's"
        let advice = "let both keep their time by NTP (timedatectl set-ntp true)"
        // Beyond it nothing that is signed is taken, and tokens are over too early or too late.
        let grade: Finding.Grade = distance > UInt64(ControlSigner.window) ? .problem : .warning
        return Finding(grade, words, at: place, advice: advice)
    }
}
