import NIOCore

/// The faults that last, and until when. A value of the core.
struct LastingFaults {
    private var subscriptions: (words: String, until: NIODeadline)?
    private var upgrades: (retryAfter: String?, until: NIODeadline)?
    /// How much later each request is looked at.
    private(set) var answerDelay = TimeAmount.zero

    /// Answers false for a fault that does not last.
    mutating func begin(_ fault: Fault, at now: NIODeadline) -> Bool {
        switch fault {
        case .refuseSubscriptions(let time, let words):
            subscriptions = (words, now + TimeAmount(min(time, Fault.maximumStall)))
        case .refuseUpgrades(let time, let retryAfter):
            upgrades = (retryAfter, now + TimeAmount(min(time, Fault.maximumStall)))
        case .delayAnswers(let time):
            answerDelay = TimeAmount(min(time, Fault.maximumAnswerDelay))
        default:
            return false
        }
        return true
    }

    /// In which words a request for subscriptions fails; nil where it does not.
    func refusal(ofSubscriptionsAt now: NIODeadline) -> String? {
        guard let subscriptions, now < subscriptions.until else { return nil }
        return subscriptions.words
    }

    func refusesUpgrades(at now: NIODeadline) -> Bool { upgrades.map { now < $0.until } ?? false }

    var retryAfter: String? { upgrades?.retryAfter }
}
