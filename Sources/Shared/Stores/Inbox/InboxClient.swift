import Core
import NIOCore
import Platform
import Synchronization

/// The other end of the ingestor's inbox: sends signed messages over the broker and waits for the answers. Any thread.
///
/// A message that is not answered is sent again, the very same bytes, which the leader knows by their nonce and numbers once.
/// Holds a waiter for each message that is under way.
package final class InboxClient: BrokerReceiver {
    /// Between two sendings of one message.
    private static let pause = Duration.milliseconds(500)

    private struct State {
        var waiters: [ControlNonce: AsyncStream<InboxAnswer.Outcome>.Continuation] = [:]
        var hasHeardLeader = false
        var hasSent = false
        /// Why the last message could not be sent, or a channel not be listened on; nil where it could.
        var problem: String?
    }

    private let broker: any Broker
    private let signer: ControlSigner
    private let state = Mutex(State())

    package init(broker: any Broker, signer: ControlSigner) {
        self.broker = broker
        self.signer = signer
    }

    /// Whether a leader's heartbeat was heard: there is one, whatever it answers.
    package var hasHeardLeader: Bool { state.withLock { $0.hasHeardLeader } }

    /// Why the broker can't be reached, in words; nil where it has taken what was sent last, and is there.
    package var outage: String? {
        let (hasSent, problem) = state.withLock { ($0.hasSent, $0.problem) }
        if let problem { return problem }
        let status = broker.status
        guard status.isUsable else { return "\(status)" }
        return hasSent ? nil : "it does not answer"
    }

    /// Runs `body` while it hears what the leader says. Returns nil where that can't be heard within `limit`.
    package func listening<Value>(
        within limit: Duration,
        _ body: () async throws -> Value
    ) async throws -> Value? {
        let subscriber = broker.attach(self)
        let hears = await Self.finishes(within: limit) { [self] in
            for channel in [ControlChannel.inboxAnswers, .heartbeat] { try await listen(subscriber, channel) }
        }
        let result: Result<Value, any Error>?
        if hears {
            do { result = .success(try await body()) } catch { result = .failure(error) }
        } else {
            result = nil
        }
        await subscriber.close()
        return try result?.get()
    }

    private func listen(_ subscriber: any BrokerSubscriber, _ channel: ControlChannel) async throws {
        while true {
            do {
                return try await subscriber.listen(on: channel)
            } catch {
                // What fails then fails because it is to end.
                guard !Task.isCancelled else { throw error }
                state.withLock { $0.problem = "\(error)" }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Sends it again and again until there is an answer that is final; nil where there is none within `limit`.
    package func ask(_ request: InboxRequest, within limit: Duration) async -> InboxAnswer.Outcome? {
        let nonce = ControlNonce.random()
        let (answers, waiter) = AsyncStream<InboxAnswer.Outcome>.makeStream(bufferingPolicy: .bufferingNewest(8))
        state.withLock { $0.waiters[nonce] = waiter }
        let end = ContinuousClock.now + limit
        let message = signer.sign(request.encoded, for: .inbox, nonce: nonce, at: WallClock.milliseconds())
        let sending = Task { [self] in
            while !Task.isCancelled, ContinuousClock.now < end {
                await send(message)
                try? await Task.sleep(for: min(Self.pause, end - ContinuousClock.now))
            }
            waiter.finish()
        }
        defer {
            sending.cancel()
            state.withLock { $0.waiters[nonce] = nil }
        }
        for await outcome in answers {
            if case .refused(let refusal, _) = outcome, refusal.isPassing { continue }
            return outcome
        }
        return nil
    }

    private func send(_ message: ByteBuffer) async {
        do {
            try await broker.send(message, on: .inbox)
            state.withLock { state in
                state.hasSent = true
                state.problem = nil
            }
        } catch {
            state.withLock { $0.problem = "\(error)" }
        }
    }

    /// False where it has not ended by then, or has failed.
    private static func finishes(
        within limit: Duration,
        _ body: @escaping @Sendable () async throws -> Void
    ) async -> Bool {
        let (ends, end) = AsyncStream<Bool>.makeStream()
        let working = Task {
            do {
                try await body()
                end.yield(true)
            } catch {
                end.yield(false)
            }
        }
        let alarm = Task {
            try await Task.sleep(for: limit)
            end.yield(false)
        }
        defer {
            working.cancel()
            alarm.cancel()
        }
        for await isDone in ends { return isDone }
        return false
    }

    // MARK: Any thread of the broker's

    package func receive(_ batch: [Publication]) {}

    package func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        switch channel {
        case .heartbeat: state.withLock { $0.hasHeardLeader = true }
        case .inboxAnswers:
            let now = WallClock.milliseconds()
            guard let signed = try? signer.open(message, of: .inboxAnswers, at: now),
                let answer = InboxAnswer(signed.body)
            else { return }
            state.withLock { _ = $0.waiters[answer.nonce]?.yield(answer.outcome) }
        default: break
        }
    }

    package func mayHaveMissed(_ loss: BrokerLoss) {}
}
