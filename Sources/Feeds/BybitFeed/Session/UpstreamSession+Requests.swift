import DequeModule
import FeedKit
import NIOCore

/// What is asked of the exchange, and what follows from its answers.
extension UpstreamSession {
    /// Unsubscriptions that fail so often are taken as done: what the exchange then says of a new subscription tells.
    private static let unsubscribeAttempts = 3

    mutating func flush(at now: NIODeadline) -> [Action] {
        guard isConnected else { return [] }
        var actions: [Action] = []
        if waiting.count == 0 { isFull = false }
        while requests.count < settings.requestsInFlight {
            // First these: the exchange takes requests in their order, so the room is there when it reads the next.
            let leaving = nextUnsubscribes()
            if !leaving.isEmpty {
                actions.append(request(.unsubscribe, leaving, at: now))
                continue
            }
            let asking = requests.values.count { $0.operation == .subscribe }
            guard asking < trouble.allowance(of: settings.requestsInFlight, at: now),
                let first = waiting.first(), let topic = topics[first], room.admits(topic, first, settings)
            else { break }
            guard room.missing(for: first, settings) == 0 else {
                isFull = !makeRoom(for: first)
                if isFull { break }
                continue
            }
            isFull = false
            actions.append(request(.subscribe, nextGroup(), at: now))
        }
        return actions
    }

    /// What failed before goes alone: another may have been to blame.
    private mutating func nextUnsubscribes() -> [String] {
        var names: [String] = []
        while names.count < settings.topicsPerRequest, let name = unsubscribes.first {
            let hasFailed = (topics[name]?.failures ?? 0) > 0
            guard names.isEmpty || !hasFailed else { break }
            unsubscribes.removeFirst()
            if topics[name]?.phase == .unsubscribing { names.append(name) }
            if hasFailed, !names.isEmpty { break }
        }
        return names
    }

    /// The topics of the next request; there is room for the first.
    private mutating func nextGroup() -> [String] {
        var names: [String] = []
        var limit = settings.topicsPerRequest
        var isTrusted: Bool?
        while let name = waiting.first(), let topic = topics[name] {
            // With an invented name its whole request fails.
            if let isTrusted, isTrusted != topic.isTrusted, group < settings.topicsPerRequest { break }
            limit = min(limit, topic.company, topic.isTrusted ? limit : group)
            guard names.count < limit, room.missing(for: name, settings) == 0, room.admits(topic, name, settings)
            else { break }
            isTrusted = topic.isTrusted
            waiting.remove(name)
            update(name) { $0.phase = .subscribing }
            names.append(name)
        }
        return names
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

    /// Lets lingering topics go until `name` fits; false where that is not enough.
    private mutating func makeRoom(for name: String) -> Bool {
        var missing = room.missing(for: name, settings)
        let lingering = lingering
        guard lingering.keys.reduce(0, { $0 + ConnectionRoom.cost(of: $1) }) >= missing else { return false }
        let oldestFirst = lingering.sorted { left, right in
            (left.value.unwantedSince ?? .distantPast, left.key) < (
                right.value.unwantedSince ?? .distantPast, right.key
            )
        }
        for (name, _) in oldestFirst where missing > 0 {
            missing -= ConnectionRoom.cost(of: name)
            update(name) { $0.isEvicted = true }
            unsubscribe(name)
        }
        return true
    }

    /// Confirmed, and nobody wants it: it goes where its room is needed.
    private var lingering: [String: UpstreamTopic] {
        topics.filter { $1.unwantedSince != nil && !$1.isEvicted && $1.phase == .confirmed }
    }

    /// True where lingering topics would make room for `name`.
    func canMakeRoom(for name: String) -> Bool {
        lingering.keys.reduce(0) { $0 + ConnectionRoom.cost(of: $1) } >= room.missing(for: name, settings)
    }

    /// A request is all or nothing: the topic that the failure names is settled, the rest is sent again. Where it names
    /// none, its topics go on in groups of half the size, until one that fails stands alone and waits for its next turn.
    mutating func failed(_ names: [String], _ answer: BybitAcknowledgement, at now: NIODeadline) -> [Action] {
        let failure = BybitFailure(answer, topics: names)
        for name in names { update(name) { $0.phase = .waiting } }
        var actions: [Action] = []
        switch failure {
        case .final(let name):
            group = max(1, group / 2)
            actions.append(refuse(name, answer))
            worked()
        case .alreadySubscribed(let name):
            update(name) { $0.phase = .subscribing }
            actions += confirm(name, at: now)
            worked()
        case .temporary(let name):
            failedForNow(name.map { [$0] } ?? names, answer, at: now)
        }
        for name in names where topics[name]?.phase == .waiting && !delayed.contains(name) {
            if topics[name]?.unwantedSince == nil { enqueue(name) } else { actions.append(forget(name)) }
        }
        return actions
    }

    private mutating func failedForNow(_ names: [String], _ answer: BybitAcknowledgement, at now: NIODeadline) {
        let isGeneral = trouble.isGeneral
        trouble.failed(answer.message, at: now, settings)
        for name in names {
            topics[name]?.failures += 1
            // Then it is no fault of theirs, and the one wait is for all.
            guard !isGeneral else { continue }
            topics[name]?.company = max(1, (names.count + 1) / 2)
            guard names.count == 1 else { continue }
            topics[name]?.retry.hold(settings.retryInterval, upTo: settings.retryMaximum, at: now)
            delayed.insert(name)
        }
    }

    /// The exchange does what it is asked. After a time in which it did not, nobody is suspected any longer.
    mutating func worked() {
        guard trouble.worked() else { return }
        for name in waiting.elements { topics[name]?.company = .max }
    }

    mutating func unsubscribeFailed(
        _ names: [String],
        _ answer: BybitAcknowledgement,
        at now: NIODeadline
    ) -> [Action] {
        var actions: [Action] = []
        for name in names where topics[name]?.phase == .unsubscribing {
            switch BybitFailure(answer, topics: names) {
            case .final(name): actions += unsubscribed(name, at: now)
            case .final,
                .temporary(.some) where !answer.names(name):
                unsubscribes.append(name)
            default:
                topics[name]?.failures += 1
                if topics[name]?.failures ?? 0 >= Self.unsubscribeAttempts {
                    actions += unsubscribed(name, at: now)
                } else {
                    laterUnsubscribes.append(name)
                }
            }
        }
        return actions
    }
}
