import NIOCore

/// Whether the exchange refuses all subscriptions for the time being, and when one may be tried. Pure.
///
/// A few failures one after the other, with nothing that went well between them, are no fault of single topics: then one
/// request is tried at a time, each after a wait, until one goes well.
struct SubscriptionTrouble {
    static let threshold = 4

    private(set) var failures = 0
    private var until = NIODeadline.uptimeNanoseconds(0)
    /// What the exchange said last.
    private(set) var words = ""

    var isGeneral: Bool { failures >= Self.threshold }

    /// How many requests for subscriptions may be under way.
    func allowance(of limit: Int, at now: NIODeadline) -> Int {
        guard isGeneral else { return limit }
        return until <= now ? 1 : 0
    }

    mutating func failed(_ words: String, at now: NIODeadline, _ settings: UpstreamSettings) {
        self.words = words
        // What had been sent before the wait began says nothing new.
        guard !isGeneral || until <= now else { return }
        failures += 1
        guard isGeneral else { return }
        let doublings = min(failures - Self.threshold, 10)
        until = now + min(settings.retryInterval * (1 << doublings), settings.pauseMaximum)
    }

    /// A request was answered as it should be. Answers true where that ends a general trouble.
    mutating func worked() -> Bool {
        defer { failures = 0 }
        return isGeneral
    }
}
