import Core
import Dispatch
import Stores
import Synchronization

/// What one receiver hears over NATS. Any thread.
///
/// Requests that come while the server is being asked are carried out together, in order and with one question for all:
/// ten thousand streams are a few round trips.
final class NATSSubscriber: BrokerSubscriber {
    private static let slowInterval = DispatchTimeInterval.milliseconds(500)
    private static let restoreInterval = DispatchTimeInterval.seconds(1)

    private struct State {
        var receiver: (any BrokerReceiver)?
        /// What is to be heard, by name; made anew on each new connection.
        var wanted: [String: NATSSubscription.Subject] = [:]
        var subscriptions: [String: NATSSubscription] = [:]
        /// Those that cnats drops messages of, with how many it had dropped when the receiver was told last.
        var slow: [String: Int64] = [:]
        var requests: [NATSRequest] = []
    }

    private let link: NATSLink
    private let names: StoreNames
    private let graveyard: NATSGraveyard
    private let notes: UnreadableMessages
    private let onClose: @Sendable () -> Void
    private let state: Mutex<State>

    init(
        _ receiver: any BrokerReceiver,
        link: NATSLink,
        names: StoreNames,
        graveyard: NATSGraveyard,
        notes: UnreadableMessages,
        onClose: @escaping @Sendable () -> Void
    ) {
        self.link = link
        self.names = names
        self.graveyard = graveyard
        self.notes = notes
        self.onClose = onClose
        state = Mutex(State(receiver: receiver))
    }

    func subscribe(to stream: StreamName) async throws {
        try await withCheckedThrowingContinuation { ask(.subscribe(stream, $0)) }
    }

    func listen(on channel: ControlChannel) async throws {
        try await withCheckedThrowingContinuation { ask(.listen(channel, $0)) }
    }

    func unsubscribe(from stream: StreamName) async throws {
        try await withCheckedThrowingContinuation { ask(.unsubscribe(stream, $0)) }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            link.control.async { [self] in
                let old = state.withLock { state in
                    defer { state = State() }
                    return state
                }
                for subscription in old.subscriptions.values { bury(subscription) }
                for request in old.requests { request.finish(.closed) }
                continuation.resume()
            }
        }
        onClose()
    }

    private func ask(_ request: NATSRequest) {
        let isFirst = state.withLock { state in
            state.requests.append(request)
            return state.requests.count == 1
        }
        if isFirst { link.control.async { self.carryOut() } }
    }
}

// MARK: On the control queue

extension NATSSubscriber {
    /// The connection is there again; where it is new, it knows of no subscription.
    func restore(isNew: Bool) {
        let (old, wanted) = state.withLock { state in
            defer { if isNew { state.subscriptions = [:] } }
            return (isNew ? state.subscriptions : [:], state.wanted)
        }
        for subscription in old.values { bury(subscription) }
        guard !wanted.isEmpty else { return }
        do throws(NATSError) {
            for (name, subject) in wanted { _ = try make(subject, named: name) }
            try link.flush()
            state.withLock { $0.receiver }?.mayHaveMissed(.everything)
        } catch {
            // Where it is away, this is done when it is back.
            guard link.status == .connected else { return }
            link.control.asyncAfter(deadline: .now() + Self.restoreInterval) { self.restore(isNew: false) }
        }
    }

    /// cnats has dropped messages of this subject, and may go on: looked at until its queue was empty.
    func slow(_ name: String) {
        guard let subscription = state.withLock({ $0.slow[name] == nil ? $0.subscriptions[name] : nil }) else { return }
        watch(subscription)
    }

    private func watch(_ subscription: NATSSubscription) {
        let name = subscription.name
        let backlog = subscription.backlog
        let (receiver, isOver) = state.withLock { state -> ((any BrokerReceiver)?, Bool) in
            guard state.subscriptions[name] === subscription else { return (nil, true) }
            let isTold = state.slow[name, default: 0] == backlog.dropped
            state.slow[name] = isTold && backlog.pending == 0 ? nil : backlog.dropped
            return (isTold ? nil : state.receiver, state.slow[name] == nil)
        }
        if let receiver, case .stream(let stream) = subscription.subject { receiver.mayHaveMissed(.stream(stream)) }
        guard !isOver else { return }
        link.control.asyncAfter(deadline: .now() + Self.slowInterval) { self.watch(subscription) }
    }

    private func carryOut() {
        let requests = state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
        /// Those that wait for the server's answer.
        var asked: [NATSRequest] = []
        var made: [String: NATSSubscription] = [:]
        for request in requests {
            do throws(NATSError) {
                switch request {
                case .subscribe(let stream, _):
                    let name = names.subject(stream)
                    guard state.withLock({ $0.wanted[name] == nil }) || made[name] != nil else {
                        request.finish()
                        continue
                    }
                    if let new = try want(.stream(stream), named: name) { made[name] = new }
                    asked.append(request)
                case .listen(let channel, _):
                    // Where it can't be made yet, it is when there is a connection.
                    if try want(.control(channel), named: names.subject(channel)) == nil {
                        request.finish()
                    } else {
                        asked.append(request)
                    }
                case .unsubscribe(let stream, _):
                    made[names.subject(stream)] = nil
                    forget(names.subject(stream))
                    request.finish()
                }
            } catch {
                request.finish(error)
            }
        }
        guard !asked.isEmpty else { return }
        do throws(NATSError) {
            try link.flush()
            for request in asked { request.finish() }
        } catch {
            // A stream that was not confirmed counts as not subscribed.
            for name in made.keys { forget(name) }
            for request in asked { if case .listen = request { request.finish() } else { request.finish(error) } }
        }
    }

    /// Nil where there is one already, or where there is nothing to make it on and it can wait.
    private func want(_ subject: NATSSubscription.Subject, named name: String) throws(NATSError) -> NATSSubscription? {
        guard state.withLock({ $0.receiver != nil }), !link.isClosed else { throw .closed }
        do throws(NATSError) {
            let made = try make(subject, named: name)
            state.withLock { $0.wanted[name] = subject }
            return made
        } catch {
            guard case .control = subject else { throw error }
            state.withLock { $0.wanted[name] = subject }
            return nil
        }
    }

    /// Nil where there is one already.
    private func make(_ subject: NATSSubscription.Subject, named name: String) throws(NATSError) -> NATSSubscription? {
        let (receiver, isThere) = state.withLock { ($0.receiver, $0.subscriptions[name] != nil) }
        guard let receiver else { throw .closed }
        guard !isThere else { return nil }
        let subscription = try NATSSubscription.make(
            subject,
            named: name,
            on: link.connection,
            to: receiver,
            limits: link.limits,
            notes: notes
        )
        state.withLock { $0.subscriptions[name] = subscription }
        return subscription
    }

    private func forget(_ name: String) {
        let subscription = state.withLock { state in
            state.wanted[name] = nil
            state.slow[name] = nil
            return state.subscriptions.removeValue(forKey: name)
        }
        if let subscription { bury(subscription) }
    }

    private func bury(_ subscription: NATSSubscription) {
        subscription.end()
        graveyard.bury(subscription)
    }
}
