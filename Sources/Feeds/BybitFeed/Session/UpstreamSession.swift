import DequeModule
import FeedKit
import NIOCore

/// What must be said to the exchange, and when: the pure state of the one upstream connection and of each topic's
/// subscription on it. Events go in, actions come out; it never reads a clock nor touches a socket.
///
/// It outlives connections: after a loss everything that is wanted is subscribed again, what the exchange was serving
/// first. Lives on the ingestor's loop.
///
/// Only words that the exchange is known to mean for good (`BybitFailure`) end a subscription; whatever else it answers is
/// tried again, of a topic with a backoff of its own, of all topics with one for all (`SubscriptionTrouble`).
///
/// Bounded by `UpstreamSettings`: the characters of what is asked for, of what was never confirmed among it, and the topics
/// that wait. On a full connection lingering topics make room, the longest unwanted first, and where none lingers topics
/// wait for it. So nobody can fill the connection with what nobody wants, or with what does not exist.
struct UpstreamSession {
    enum Action: Equatable {
        case send(BybitRequest)
        /// The exchange serves this topic from now on.
        case confirmed(String)
        /// The exchange will never serve it; it is forgotten here.
        case refused(String, reason: String)
        /// The exchange has stopped serving it and is asked to begin again: what it sent in between is missing.
        case interrupted(String)
        /// It is forgotten here: nobody wants it any longer and the exchange has stopped, or too many wait.
        case dropped(String)
        /// The connection is of no use: close it and connect again.
        case close(reason: String)
    }

    struct Request {
        var operation: BybitRequest.Operation
        var topics: [String]
        var deadline: NIODeadline
    }

    let settings: UpstreamSettings
    var isConnected = false
    var topics: [String: UpstreamTopic] = [:]
    var room = ConnectionRoom()
    var waiting = RankedQueue<String>()
    var arrivals: UInt64 = 0
    /// Topics that wait for their time to be asked for again.
    var delayed: Set<String> = []
    var trouble = SubscriptionTrouble()
    /// The first of those that wait has no room on the connection.
    var isFull = false
    /// The most topics in a request for what was never confirmed: an invented name costs its whole request, so there are
    /// the fewer in each the more such names there are.
    var group: Int
    var unsubscribes: Deque<String> = []
    /// Unsubscriptions that failed for the time being, until the next tick.
    var laterUnsubscribes: [String] = []
    var requests: [String: Request] = [:]
    var nextRequest = 0
    var nextPing: NIODeadline = .distantFuture
    var pongDeadline: NIODeadline?

    init(settings: UpstreamSettings) {
        self.settings = settings
        self.group = settings.topicsPerRequest
    }

    /// Topics that the exchange has confirmed.
    var confirmedCount: Int { room.confirmedTopics }

    /// - Parameter rank: Where many wait the lowest is asked for first; 0 is for what the exchange is known to serve.
    mutating func want(_ name: String, rank: Int = 0, speaksSteadily: Bool, at now: NIODeadline) -> [Action] {
        if let topic = topics[name] {
            topics[name]?.unwantedSince = nil
            guard rank < topic.rank else { return [] }
            topics[name]?.rank = rank
            if topic.phase == .waiting, !delayed.contains(name) { enqueue(name) }
            return []
        }
        var actions: [Action] = []
        if waiting.count + delayed.count >= settings.maximumWaiting {
            guard let last = waiting.last(), rank < last.place else { return [.dropped(name)] }
            actions.append(forget(last.element))
        }
        arrivals += 1
        topics[name] = UpstreamTopic(
            rank: rank,
            arrival: arrivals,
            staleAfter: speaksSteadily ? settings.staleAfter : nil,
            lastHeard: now,
            refresh: TopicRefresh(at: now)
        )
        enqueue(name)
        return actions + flush(at: now)
    }

    /// What has not been asked for yet is forgotten at once.
    mutating func unwant(_ name: String, at now: NIODeadline) -> [Action] {
        guard let topic = topics[name], topic.unwantedSince == nil else { return [] }
        guard topic.phase != .waiting else { return [forget(name)] }
        topics[name]?.unwantedSince = now
        // On a full connection others wait for just that.
        return isFull ? flush(at: now) : []
    }

    mutating func connected(at now: NIODeadline) -> [Action] {
        isConnected = true
        nextPing = now + settings.pingInterval
        pongDeadline = nil
        return flush(at: now)
    }

    /// Everything that is wanted waits to be subscribed again; answers what nobody wants, which is dropped.
    mutating func disconnected() -> [Action] {
        isConnected = false
        pongDeadline = nil
        requests.removeAll()
        unsubscribes.removeAll()
        laterUnsubscribes.removeAll()
        waiting.removeAll()
        delayed.removeAll()
        room = ConnectionRoom()
        trouble = SubscriptionTrouble()
        isFull = false
        group = settings.topicsPerRequest
        var actions: [Action] = []
        for name in topics.keys.sorted() {
            guard topics[name]?.unwantedSince == nil else {
                topics[name] = nil
                actions.append(.dropped(name))
                continue
            }
            topics[name]?.phase = .waiting
            topics[name]?.refresh.settle()
            topics[name]?.isEvicted = false
            topics[name]?.failures = 0
            topics[name]?.company = .max
            enqueue(name)
        }
        return actions
    }

    /// A data frame came and could be used. Data may come before the acknowledgement. Answers false for a topic that is
    /// not subscribed.
    @discardableResult
    mutating func heard(_ name: String, at now: NIODeadline) -> Bool {
        guard let index = topics.index(forKey: name) else { return false }
        topics.values[index].lastHeard = now
        topics.values[index].unusable.end()
        if topics.values[index].staleAfter != nil { topics.values[index].staleAfter = settings.staleAfter }
        return true
    }

    mutating func pong() { pongDeadline = nil }

    mutating func acknowledged(_ answer: BybitAcknowledgement, at now: NIODeadline) -> [Action] {
        guard let request = requests.removeValue(forKey: answer.requestID) else { return [] }
        var actions: [Action] = []
        switch (request.operation, answer.success) {
        case (.unsubscribe, true): for name in request.topics { actions += unsubscribed(name, at: now) }
        case (.unsubscribe, false): actions += unsubscribeFailed(request.topics, answer, at: now)
        case (.subscribe, true):
            group = min(group * 2, settings.topicsPerRequest)
            for name in request.topics { actions += confirm(name, at: now) }
            worked()
        case (.subscribe, false): actions += failed(request.topics, answer, at: now)
        }
        return actions + flush(at: now)
    }

    /// To be called every second or so: pings, deadlines, what is to be tried again, lingering and stale topics.
    mutating func tick(at now: NIODeadline) -> [Action] {
        guard isConnected else { return [] }
        if let pongDeadline, pongDeadline <= now {
            return [.close(reason: "no pong within \(settings.pongTimeout.nanoseconds / 1_000_000_000) s")]
        }
        if let late = requests.first(where: { $0.value.deadline <= now }) {
            return [.close(reason: "no acknowledgement of \(late.value.operation) request \(late.key)")]
        }
        var actions: [Action] = []
        if nextPing <= now {
            nextPing = now + settings.pingInterval
            // The first ping that went unanswered counts, also where the timeout is longer than the interval.
            pongDeadline = pongDeadline ?? now + settings.pongTimeout
            actions.append(.send(.ping))
        }
        if let reason = sweep(at: now) { return [.close(reason: reason)] }
        enqueueDue(at: now)
        return actions + startRefreshes(at: now) + flush(at: now)
    }
}
