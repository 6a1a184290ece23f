import CNats
import Dispatch
import Synchronization

/// What one receiver hears over NATS. Any thread.
///
/// Requests that come while the server is being asked are carried out together, with one question for all: ten thousand
/// streams are a few round trips.
final class NATSSubscriber: BrokerSubscriber {
    /// How much may wait for the receiver in one subscription before cnats drops: messages and bytes. A drop is told to the
    /// receiver.
    private static let maximumPending: (messages: Int32, bytes: Int32) = (65_536, 32 << 20)

    private struct State {
        var receiver: (any BrokerReceiver)?
        var subscriptions: [String: NATSSubscription] = [:]
        /// Made whenever there is a connection.
        var channels: Set<ControlChannel> = []
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
        // On the queue, behind a subscribe that was asked for before.
        await withCheckedContinuation { continuation in
            link.control.async { [self] in
                let subscription = state.withLock { $0.subscriptions.removeValue(forKey: names.subject(stream)) }
                if let subscription { end(subscription) }
                continuation.resume()
            }
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            link.control.async { [self] in
                let (subscriptions, requests) = state.withLock { state in
                    defer { state = State() }
                    return (state.subscriptions.values, state.requests)
                }
                for subscription in subscriptions { end(subscription) }
                for request in requests { request.fail(NATSError.closed) }
                continuation.resume()
            }
        }
        onClose()
    }

    // MARK: On the control queue

    /// The connection is there again; where it is new, it knows of no subscription.
    func restore(isNew: Bool) {
        if isNew {
            let old = state.withLock { state in
                defer { state.subscriptions = [:] }
                return state.subscriptions
            }
            for subscription in old.values { end(subscription) }
            for (subject, subscription) in old { _ = try? make(subscription.subject, named: subject) }
        }
        for channel in state.withLock({ $0.channels }) {
            _ = try? make(.control(channel), named: names.subject(channel))
        }
        guard (try? link.flush()) != nil else { return }
        state.withLock { $0.receiver }?.mayHaveMissed(.everything)
    }

    /// cnats has dropped messages of `subject`, and may still be dropping: looked at until it has stopped.
    func slow(_ subject: String, dropped before: Int64 = -1) {
        let (subscription, receiver) = state.withLock { ($0.subscriptions[subject], $0.receiver) }
        guard let subscription, let pointer = subscription.pointer, let receiver else { return }
        var dropped: Int64 = 0
        _ = natsSubscription_GetDropped(pointer, &dropped)
        guard dropped != before else { return }
        if case .stream(let stream) = subscription.subject { receiver.mayHaveMissed(.stream(stream)) }
        link.control.asyncAfter(deadline: .now() + 0.5) { [self, dropped] in slow(subject, dropped: dropped) }
    }

    private func ask(_ request: NATSRequest) {
        let isFirst = state.withLock { state in
            state.requests.append(request)
            return state.requests.count == 1
        }
        if isFirst { link.control.async { self.carryOut() } }
    }

    private func carryOut() {
        let requests = state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
        var made: [(NATSRequest, NATSSubscription?)] = []
        for request in requests {
            do {
                switch request {
                case .subscribe(let stream, _):
                    guard link.connection != nil else {
                        throw NATSError.notConnected(servers: "\(link.configuration)")
                    }
                    made.append((request, try make(.stream(stream), named: names.subject(stream))))
                case .listen(let channel, _):
                    state.withLock { _ = $0.channels.insert(channel) }
                    made.append((request, try make(.control(channel), named: names.subject(channel))))
                }
            } catch {
                // What is listened to is made when there is a connection.
                if case .listen = request { request.succeed() } else { request.fail(error) }
            }
        }
        guard !made.isEmpty else { return }
        do throws(NATSError) {
            try link.flush()
            for (request, _) in made { request.succeed() }
        } catch {
            for (request, subscription) in made { undo(request, subscription, error) }
        }
    }

    /// A stream that was not confirmed counts as not subscribed.
    private func undo(_ request: NATSRequest, _ subscription: NATSSubscription?, _ error: NATSError) {
        guard case .subscribe(let stream, _) = request else { return request.succeed() }
        if let subscription {
            state.withLock { _ = $0.subscriptions.removeValue(forKey: names.subject(stream)) }
            end(subscription)
        }
        request.fail(error)
    }

    /// Nil where there is one already.
    private func make(_ subject: NATSSubscription.Subject, named name: String) throws -> NATSSubscription? {
        guard let receiver = state.withLock({ $0.receiver }) else { throw NATSError.closed }
        guard state.withLock({ $0.subscriptions[name] }) == nil else { return nil }
        guard let connection = link.anyConnection else {
            throw NATSError.notConnected(servers: "\(link.configuration)")
        }
        let subscription = NATSSubscription(subject, to: receiver, notes: notes)
        // Given back by the graveyard.
        let closure = Unmanaged.passRetained(subscription)
        var pointer: OpaquePointer?
        let status = natsConnection_Subscribe(&pointer, connection, name, natsMessageArrived, closure.toOpaque())
        guard status == NATS_OK, let pointer else {
            closure.release()
            throw NATSError("subscribe", status)
        }
        _ = natsSubscription_SetPendingLimits(pointer, Self.maximumPending.messages, Self.maximumPending.bytes)
        subscription.made(pointer)
        state.withLock { $0.subscriptions[name] = subscription }
        return subscription
    }

    private func end(_ subscription: NATSSubscription) {
        subscription.end()
        if let pointer = subscription.pointer { _ = natsSubscription_Unsubscribe(pointer) }
        graveyard.bury(subscription)
    }
}
