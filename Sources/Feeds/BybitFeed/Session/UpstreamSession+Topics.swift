import DequeModule
import FeedKit
import NIOCore

/// What becomes of single topics: queued, confirmed, refused, refreshed, forgotten.
extension UpstreamSession {
    mutating func enqueue(_ name: String) {
        guard let topic = topics[name] else { return }
        waiting.insert(name, at: topic.place, arrival: topic.arrival)
    }

    /// Those whose time has come, in the order of their names.
    mutating func enqueueDue(at now: NIODeadline) {
        for name in delayed.sorted() where topics[name]?.retry.isDue(at: now) == true {
            delayed.remove(name)
            enqueue(name)
        }
        unsubscribes.append(contentsOf: laterUnsubscribes)
        laterUnsubscribes.removeAll()
    }

    /// Changes what is known of a topic, and what it takes of the connection with it.
    mutating func update(_ name: String, _ change: (inout UpstreamTopic) -> Void) {
        guard var topic = topics[name] else { return }
        room.remove(topic, name)
        change(&topic)
        room.add(topic, name)
        topics[name] = topic
    }

    /// Starts the unsubscription of lingering and of stale topics. A connection on which everything that should speak
    /// is silent is itself stale: then the reason to close it is the answer.
    mutating func sweep(at now: NIODeadline) -> String? {
        var steady = 0
        var silent = 0
        var stale: [String] = []
        var over: [String] = []
        for (name, topic) in topics where topic.phase == .confirmed {
            if let since = topic.unwantedSince {
                if since + settings.linger <= now { over.append(name) }
                continue
            }
            guard let staleAfter = topic.staleAfter else { continue }
            steady += 1
            guard topic.lastHeard + staleAfter <= now else { continue }
            stale.append(name)
            // What can't be read shows all the same that the connection lives.
            if topic.unusable.last + staleAfter <= now { silent += 1 }
        }
        for name in over.sorted() { unsubscribe(name) }
        for name in stale.sorted() {
            // A halted instrument stays silent after a refresh: ask ever more rarely, up to ten times the first wait.
            let patience = topics[name]?.staleAfter ?? settings.staleAfter
            topics[name]?.staleAfter = min(patience * 2, settings.staleAfter * 10)
            topics[name]?.lastHeard = now
            if silent < steady || steady == 1 { unsubscribe(name) }
        }
        return steady > 1 && silent == steady ? "all \(steady) topics that should speak are silent" : nil
    }

    mutating func unsubscribe(_ name: String) {
        update(name) {
            $0.phase = .unsubscribing
            $0.refresh.settle()
        }
        unsubscribes.append(name)
    }

    mutating func forget(_ name: String) -> Action {
        if let topic = topics.removeValue(forKey: name) { room.remove(topic, name) }
        waiting.remove(name)
        delayed.remove(name)
        return .dropped(name)
    }

    /// Forgets a topic that waits, without a word: another connection takes it. Answers its rank.
    mutating func giveUpWaiting(_ name: String) -> Int? {
        guard let topic = topics[name], topic.phase == .waiting else { return nil }
        _ = forget(name)
        if waiting.count == 0 { isFull = false }
        return topic.rank
    }

    mutating func unsubscribed(_ name: String, at now: NIODeadline) -> [Action] {
        guard let topic = topics[name], topic.phase == .unsubscribing else { return [] }
        guard topic.unwantedSince == nil else { return [forget(name)] }
        update(name) {
            $0.phase = .waiting
            $0.isEvicted = false
            $0.failures = 0
            $0.lastHeard = now
        }
        enqueue(name)
        return [.interrupted(name)]
    }

    mutating func confirm(_ name: String, at now: NIODeadline) -> [Action] {
        guard topics[name]?.phase == .subscribing else { return [] }
        update(name) {
            $0.phase = .confirmed
            $0.wasConfirmed = true
            $0.failures = 0
            $0.company = .max
            $0.lastHeard = now
        }
        return [.confirmed(name)]
    }

    mutating func refuse(_ name: String, _ answer: BybitAcknowledgement) -> Action {
        _ = forget(name)
        return .refused(name, reason: "The exchange refused: \(answer.message)")
    }

    /// What is not as it should be, in words.
    var report: FeedReport {
        var report = FeedReport()
        let retried = topics.values.filter { $0.failures > 0 && $0.phase != .unsubscribing }
        let served = retried.count { $0.wasConfirmed }
        let words = "(\"\(trouble.words.prefix(120))\")"
        if trouble.isGeneral {
            report.problems.append(
                "the exchange refuses all subscriptions for the time being \(words): \(waiting.count + delayed.count) "
                    + "topics wait and are asked for again"
            )
        } else if served > 0 {
            report.problems.append(
                "the exchange refuses \(served) topics that it served before \(words): they are asked for again"
            )
        }
        if !trouble.isGeneral, retried.count > served {
            report.notices.append(
                "the exchange refuses \(retried.count - served) topics for the time being \(words): they are asked for again"
            )
        }
        if isFull {
            report.notices.append("the connection to the exchange is full: \(waiting.count) topics wait for room")
        }
        return report
    }
}
