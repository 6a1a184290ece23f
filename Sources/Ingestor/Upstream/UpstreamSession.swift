import DequeModule
import NIOCore
import Shared

/// What must be said to the exchange, and when: the pure state of the one upstream connection and of each topic's
/// subscription on it. Events go in, actions come out; it never reads a clock nor touches a socket.
///
/// It outlives connections: after a loss everything that is wanted is subscribed again. Lives on the ingestor's loop.
/// Bounded by `UpstreamSettings.charactersPerConnection`: beyond that lingering topics make room, the longest unwanted
/// first, and where none lingers a topic is refused. So nobody can fill the connection with what nobody wants.
struct UpstreamSession {
    enum Action: Equatable {
        case send(BybitRequest)
        /// The exchange serves this topic from now on.
        case confirmed(String)
        /// The exchange will not serve it; it is forgotten here.
        case refused(String, reason: String)
        /// The exchange has stopped serving it and is asked to begin again: what it sent in between is missing.
        case interrupted(String)
        /// Nobody wants it any longer and the exchange has stopped.
        case dropped(String)
        /// The connection is of no use: close it and connect again.
        case close(reason: String)
    }

    enum Phase: Equatable {
        case waiting, subscribing, confirmed, unsubscribing
    }

    struct Topic {
        var phase = Phase.waiting
        var unwantedSince: NIODeadline?
        /// Nil for topics that may be silent for long.
        var staleAfter: TimeAmount?
        var lastHeard: NIODeadline
        var refresh: TopicRefresh
        var unusable = UnusableRun()
        /// Its room on the connection has been given to another topic; it goes as soon as the exchange has been told.
        var isEvicted = false
    }

    struct Request {
        var operation: BybitRequest.Operation
        var topics: [String]
        var deadline: NIODeadline
    }

    let settings: UpstreamSettings
    var isConnected = false
    var topics: [String: Topic] = [:]
    /// Of all topics but the evicted, each with its quotes and comma.
    var characters = 0
    /// Topics to subscribe, each group in one request: what failed together is tried again in smaller groups.
    var groups: Deque<[String]> = []
    var unsubscribes: Deque<String> = []
    var requests: [String: Request] = [:]
    var nextRequest = 0
    var nextPing: NIODeadline = .distantFuture
    var pongDeadline: NIODeadline?

    init(settings: UpstreamSettings) {
        self.settings = settings
    }

    /// Topics that the exchange has confirmed.
    var confirmedCount: Int { topics.values.count { $0.phase == .confirmed } }

    mutating func want(_ name: String, speaksSteadily: Bool, at now: NIODeadline) -> [Action] {
        if let topic = topics[name], !topic.isEvicted {
            topics[name]?.unwantedSince = nil
            return []
        }
        guard var actions = makeRoom(for: name) else {
            return [.refused(name, reason: "The connection to the exchange is full")]
        }
        characters += Self.cost(of: name)
        if topics[name] != nil {
            // The exchange is being told to stop; what follows then is the same as for any other that is wanted again.
            topics[name]?.isEvicted = false
            topics[name]?.unwantedSince = nil
            return actions + flush(at: now)
        }
        topics[name] = Topic(
            staleAfter: speaksSteadily ? settings.staleAfter : nil,
            lastHeard: now,
            refresh: TopicRefresh(at: now)
        )
        if let last = groups.indices.last, groups[last].count < settings.topicsPerRequest, isMergeable {
            groups[last].append(name)
        } else {
            groups.append([name])
        }
        actions += flush(at: now)
        return actions
    }

    mutating func unwant(_ name: String, at now: NIODeadline) {
        guard let topic = topics[name], topic.unwantedSince == nil else { return }
        topics[name]?.unwantedSince = now
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
        groups.removeAll()
        var actions: [Action] = []
        for name in topics.keys.sorted() {
            if topics[name]?.unwantedSince != nil {
                actions.append(forget(name))
            } else {
                topics[name]?.phase = .waiting
                topics[name]?.refresh.settle()
                enqueue(name)
            }
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
        switch request.operation {
        case .unsubscribe: for name in request.topics { actions += unsubscribed(name, at: now) }
        case .subscribe where answer.success: for name in request.topics { actions += confirm(name, at: now) }
        case .subscribe: actions += failed(request.topics, answer, at: now)
        }
        return actions + flush(at: now)
    }

    /// To be called every second or so: pings, deadlines, lingering and stale topics.
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
        return actions + startRefreshes(at: now) + flush(at: now)
    }
}
