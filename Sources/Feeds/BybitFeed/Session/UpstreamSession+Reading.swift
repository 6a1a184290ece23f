import NIOCore

/// What becomes of topics whose frames can't be used.
extension UpstreamSession {
    /// A data frame came that could not be used: it shows that the connection lives, not that the topic is well.
    mutating func heardUnusable(_ name: String, at now: NIODeadline) { topics[name]?.unusable.add(at: now) }

    /// The topic's state may be wrong: it is subscribed anew for a snapshot, as soon as its backoff allows.
    mutating func needSnapshot(_ name: String) {
        // Otherwise it is about to be subscribed anyway.
        guard let phase = topics[name]?.phase, phase == .confirmed || phase == .subscribing else { return }
        topics[name]?.refresh.need()
    }

    /// A whole snapshot came that could be read.
    mutating func tookSnapshot(_ name: String) {
        guard let topic = topics[name], topic.refresh.isNeeded else { return }
        topics[name]?.refresh.settle()
    }

    /// The topic needs a snapshot. May be called for every frame that can't be used: it acts once the topic is confirmed
    /// and its backoff allows.
    mutating func refresh(_ name: String, at now: NIODeadline) -> [Action] {
        needSnapshot(name)
        guard topics[name]?.phase == .confirmed, topics[name]?.refresh.begin(at: now, settings: settings) == true else {
            return []
        }
        unsubscribe(name)
        return flush(at: now)
    }

    /// Subscribes anew what needs it and whose time has come.
    mutating func startRefreshes(at now: NIODeadline) -> [Action] {
        let settings = settings
        let needy = topics.filter { $1.phase == .confirmed && $1.refresh.isNeeded }
        let due = needy.keys.sorted().filter { topics[$0]?.refresh.begin(at: now, settings: settings) == true }
        guard !due.isEmpty else { return [] }
        for name in due { unsubscribe(name) }
        return flush(at: now)
    }

    /// True while frames of the topic may come.
    func maySpeak(_ name: String) -> Bool { topics[name].map { $0.phase != .waiting } ?? false }

    /// Wanted topics that have sent nothing for a while but what can't be used.
    func unreadable(at now: NIODeadline) -> [String] {
        topics.filter { $1.unwantedSince == nil && $1.unusable.lasts(for: settings.staleAfter, at: now) }.keys.sorted()
    }
}
