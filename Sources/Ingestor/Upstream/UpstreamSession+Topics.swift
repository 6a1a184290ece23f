import DequeModule
import NIOCore
import Shared

/// What becomes of single topics: queued, requested, confirmed, refused, refreshed, forgotten.
extension UpstreamSession {
    /// Groups that are being bisected must not get company.
    var isMergeable: Bool { requests.isEmpty || groups.count <= 1 }

    mutating func enqueue(_ name: String) {
        if let last = groups.indices.last, groups[last].count < settings.topicsPerRequest {
            groups[last].append(name)
        } else {
            groups.append([name])
        }
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
        topics[name]?.phase = .unsubscribing
        topics[name]?.refresh.settle()
        unsubscribes.append(name)
    }

    mutating func forget(_ name: String) -> Action {
        if let topic = topics.removeValue(forKey: name), !topic.isEvicted { characters -= Self.cost(of: name) }
        return .dropped(name)
    }

    /// What a topic takes of the exchange's limit on the characters of `args`.
    static func cost(of name: String) -> Int { name.utf8.count + 3 }

    /// Lets lingering topics go until `name` fits; nil where that is not enough. The exchange takes requests in their
    /// order, so the room is there when it reads the subscription.
    mutating func makeRoom(for name: String) -> [Action]? {
        var missing = characters + Self.cost(of: name) - settings.charactersPerConnection
        guard missing > 0 else { return [] }
        let lingering = topics.filter { _, topic in
            topic.unwantedSince != nil && !topic.isEvicted && (topic.phase == .confirmed || topic.phase == .waiting)
        }
        guard lingering.keys.reduce(0, { $0 + Self.cost(of: $1) }) >= missing else { return nil }
        var actions: [Action] = []
        let oldestFirst = lingering.sorted { left, right in
            (left.value.unwantedSince ?? .distantPast, left.key) < (
                right.value.unwantedSince ?? .distantPast, right.key
            )
        }
        for (name, topic) in oldestFirst where missing > 0 {
            missing -= Self.cost(of: name)
            if topic.phase == .waiting {
                actions.append(forget(name))
            } else {
                characters -= Self.cost(of: name)
                topics[name]?.isEvicted = true
                unsubscribe(name)
            }
        }
        return actions
    }

    mutating func unsubscribed(_ name: String, at now: NIODeadline) -> [Action] {
        guard topics[name]?.phase == .unsubscribing else { return [] }
        guard topics[name]?.unwantedSince == nil else { return [forget(name)] }
        topics[name]?.phase = .waiting
        topics[name]?.lastHeard = now
        groups.append([name])
        return [.interrupted(name)]
    }

    mutating func confirm(_ name: String, at now: NIODeadline) -> [Action] {
        guard topics[name]?.phase == .subscribing else { return [] }
        topics[name]?.phase = .confirmed
        topics[name]?.lastHeard = now
        return [.confirmed(name)]
    }

    /// A request is all or nothing: the topic that the failure names is settled, the rest is sent again. Where it names
    /// none, the group is halved until the bad one stands alone.
    mutating func failed(
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

    mutating func retry(_ names: [String]) {
        for name in names { topics[name]?.phase = .waiting }
        if !names.isEmpty { groups.prepend(names) }
    }

    mutating func refuse(_ name: String, _ answer: BybitAcknowledgement) -> [Action] {
        _ = forget(name)
        return [.refused(name, reason: "The exchange refused: \(answer.message)")]
    }

    mutating func flush(at now: NIODeadline) -> [Action] {
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

    mutating func request(
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
