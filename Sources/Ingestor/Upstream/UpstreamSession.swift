import DequeModule
import NIOCore
import Shared

/// What must be said to the exchange, and when: the pure state of the one upstream connection and of each topic's
/// subscription on it. Events go in, actions come out; it never reads a clock nor touches a socket.
///
/// It outlives connections: after a loss everything that is wanted is subscribed again. Lives on the ingestor's loop.
/// Bounded by `UpstreamSettings.charactersPerConnection`: a topic beyond that is refused.
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

    private enum Phase: Equatable {
        case waiting, subscribing, confirmed, unsubscribing
    }

    private struct Topic {
        var phase = Phase.waiting
        var unwantedSince: NIODeadline?
        /// Nil for topics that may be silent for long.
        var staleAfter: TimeAmount?
        var lastHeard: NIODeadline
        var nextRefresh: NIODeadline
    }

    private struct Request {
        var operation: BybitRequest.Operation
        var topics: [String]
        var deadline: NIODeadline
    }

    let settings: UpstreamSettings
    private(set) var isConnected = false
    private var topics: [String: Topic] = [:]
    private var characters = 0
    /// Topics to subscribe, each group in one request: what failed together is tried again in smaller groups.
    private var groups: Deque<[String]> = []
    private var unsubscribes: Deque<String> = []
    private var requests: [String: Request] = [:]
    private var nextRequest = 0
    private var nextPing: NIODeadline = .distantFuture
    private var pongDeadline: NIODeadline?

    init(settings: UpstreamSettings) {
        self.settings = settings
    }

    /// Topics that the exchange has confirmed.
    var confirmedCount: Int { topics.values.count { $0.phase == .confirmed } }

    mutating func want(_ name: String, speaksSteadily: Bool, at now: NIODeadline) -> [Action] {
        if topics[name] != nil {
            topics[name]?.unwantedSince = nil
            return []
        }
        guard characters + name.utf8.count + 3 <= settings.charactersPerConnection else {
            return [.refused(name, reason: "The connection to the exchange is full")]
        }
        characters += name.utf8.count + 3
        topics[name] = Topic(staleAfter: speaksSteadily ? settings.staleAfter : nil, lastHeard: now, nextRefresh: now)
        if let last = groups.indices.last, groups[last].count < settings.topicsPerRequest, isMergeable {
            groups[last].append(name)
        } else {
            groups.append([name])
        }
        return flush(at: now)
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
                enqueue(name)
            }
        }
        return actions
    }

    /// A data frame came. Data may come before the acknowledgement. Answers false for a topic that is not subscribed.
    mutating func heard(_ name: String, at now: NIODeadline) -> Bool {
        guard let index = topics.index(forKey: name) else { return false }
        topics.values[index].lastHeard = now
        if topics.values[index].staleAfter != nil { topics.values[index].staleAfter = settings.staleAfter }
        return true
    }

    mutating func pong() { pongDeadline = nil }

    /// The topic's state was lost here: subscribe it anew for a snapshot. May be called for every frame that can't be used:
    /// it acts once the topic is confirmed, and at most once in `refreshInterval`.
    mutating func refresh(_ name: String, at now: NIODeadline) -> [Action] {
        guard let topic = topics[name], topic.phase == .confirmed, topic.nextRefresh <= now else { return [] }
        topics[name]?.nextRefresh = now + settings.refreshInterval
        unsubscribe(name)
        return flush(at: now)
    }

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
        return actions + flush(at: now)
    }
}

extension UpstreamSession {
    /// Groups that are being bisected must not get company.
    private var isMergeable: Bool { requests.isEmpty || groups.count <= 1 }

    private mutating func enqueue(_ name: String) {
        if let last = groups.indices.last, groups[last].count < settings.topicsPerRequest {
            groups[last].append(name)
        } else {
            groups.append([name])
        }
    }

    /// Starts the unsubscription of lingering and of stale topics. A connection on which everything that should speak is
    /// silent is itself stale: then the reason to close it is the answer.
    private mutating func sweep(at now: NIODeadline) -> String? {
        var steady = 0
        var stale: [String] = []
        var over: [String] = []
        for (name, topic) in topics where topic.phase == .confirmed {
            if let since = topic.unwantedSince {
                if since + settings.linger <= now { over.append(name) }
                continue
            }
            guard let staleAfter = topic.staleAfter else { continue }
            steady += 1
            if topic.lastHeard + staleAfter <= now { stale.append(name) }
        }
        for name in over.sorted() { unsubscribe(name) }
        for name in stale.sorted() {
            // A halted instrument stays silent after a refresh: ask ever more rarely, up to ten times the first wait.
            let patience = topics[name]?.staleAfter ?? settings.staleAfter
            topics[name]?.staleAfter = min(patience * 2, settings.staleAfter * 10)
            topics[name]?.lastHeard = now
            if stale.count < steady || steady == 1 { unsubscribe(name) }
        }
        return steady > 1 && stale.count == steady ? "all \(steady) topics that should speak are silent" : nil
    }

    private mutating func unsubscribe(_ name: String) {
        topics[name]?.phase = .unsubscribing
        unsubscribes.append(name)
    }

    private mutating func forget(_ name: String) -> Action {
        if topics.removeValue(forKey: name) != nil { characters -= name.utf8.count + 3 }
        return .dropped(name)
    }

    private mutating func unsubscribed(_ name: String, at now: NIODeadline) -> [Action] {
        guard topics[name]?.phase == .unsubscribing else { return [] }
        guard topics[name]?.unwantedSince == nil else { return [forget(name)] }
        topics[name]?.phase = .waiting
        topics[name]?.lastHeard = now
        groups.append([name])
        return [.interrupted(name)]
    }

    private mutating func confirm(_ name: String, at now: NIODeadline) -> [Action] {
        guard topics[name]?.phase == .subscribing else { return [] }
        topics[name]?.phase = .confirmed
        topics[name]?.lastHeard = now
        return [.confirmed(name)]
    }

    /// A request is all or nothing: the topic that the failure names is settled, the rest is sent again. Where it names
    /// none, the group is halved until the bad one stands alone.
    private mutating func failed(
        _ names: [String],
        _ answer: BybitAcknowledgement,
        at now: NIODeadline
    ) -> [Action] {
        if let named = answer.namedTopic, names.contains(named) {
            retry(names.filter { $0 != named })
            return answer.saysAlreadySubscribed ? confirm(named, at: now) : refuse(named, answer)
        }
        if names.count == 1 { return refuse(names[0], answer) }
        retry(Array(names[(names.count / 2)...]))
        retry(Array(names[..<(names.count / 2)]))
        return []
    }

    private mutating func retry(_ names: [String]) {
        for name in names { topics[name]?.phase = .waiting }
        if !names.isEmpty { groups.prepend(names) }
    }

    private mutating func refuse(_ name: String, _ answer: BybitAcknowledgement) -> [Action] {
        _ = forget(name)
        return [.refused(name, reason: "The exchange refused: \(answer.message)")]
    }

    private mutating func flush(at now: NIODeadline) -> [Action] {
        guard isConnected else { return [] }
        var actions: [Action] = []
        while requests.count < settings.requestsInFlight {
            if !unsubscribes.isEmpty {
                let names = Array(unsubscribes.prefix(settings.topicsPerRequest))
                unsubscribes.removeFirst(names.count)
                actions.append(request(.unsubscribe, names, at: now))
                continue
            }
            guard var names = groups.popFirst() else { break }
            // Nobody may want it any longer by the time that its turn comes.
            for name in names where topics[name]?.unwantedSince != nil { actions.append(forget(name)) }
            names.removeAll { topics[$0]?.phase != .waiting }
            guard !names.isEmpty else { continue }
            for name in names { topics[name]?.phase = .subscribing }
            actions.append(request(.subscribe, names, at: now))
        }
        return actions
    }

    private mutating func request(
        _ operation: BybitRequest.Operation,
        _ names: [String],
        at now: NIODeadline
    ) -> Action {
        nextRequest += 1
        let identifier = "\(nextRequest)"
        let deadline = now + settings.acknowledgementTimeout
        requests[identifier] = Request(operation: operation, topics: names, deadline: deadline)
        return .send(.topics(operation, names, id: identifier))
    }
}
