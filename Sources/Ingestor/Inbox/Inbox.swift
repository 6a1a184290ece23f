import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// What is published by hand: takes signed messages from the broker while this process leads, has the pipeline number them,
/// and answers when they are kept.
///
/// Any thread: messages are read in one task, not on the broker's thread. Of those that came and were not read `maximumWaiting`
/// are kept, and more are lost and counted: their senders send them again. What has come is remembered across the terms of this
/// process (`NonceMemory`), and answered again when it comes again; another leader does not know it, and does not take what is
/// not for it.
final class Inbox: BrokerReceiver {
    /// Of messages that are bounded themselves: some 20 MiB.
    static let maximumWaiting = 64

    private struct State {
        /// Nil between terms.
        var queue: AsyncStream<ByteBuffer>.Continuation?
        /// Nil for what is on its way.
        var outcomes = NonceMemory<InboxAnswer.Outcome?>()
    }

    let counters = InboxCounters()
    /// Of what was numbered here.
    let receipts = DeliveryReceipts()
    private let signer: ControlSigner
    private let broker: any Broker
    private let history: any History
    private let logger: RateLimitedLogger
    private let clock: @Sendable () -> Int64
    private let state = Mutex(State())

    /// - Parameter clock: Milliseconds since 1970.
    init(
        signer: ControlSigner,
        broker: any Broker,
        history: any History,
        logger: RateLimitedLogger,
        clock: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() }
    ) {
        self.signer = signer
        self.broker = broker
        self.history = history
        self.logger = logger
        self.clock = clock
        receipts.onSettled { [weak self] nonce, outcome in self?.settled(nonce, outcome) }
    }

    /// Runs until cancelled, once for each term.
    func run(epoch: UInt64, pipeline: NIOLoopBound<IngestPipeline>, on eventLoop: any EventLoop) async {
        let (messages, queue) = AsyncStream<ByteBuffer>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.maximumWaiting)
        )
        state.withLock { $0.queue = queue }
        let subscriber = broker.attach(self)
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in await listen(subscriber) }
            for await message in messages {
                guard let outcome = await take(message, epoch, pipeline, on: eventLoop) else { continue }
                await answer(outcome)
            }
            group.cancelAll()
        }
        state.withLock { $0.queue = nil }
        // In a task of its own, since this one is cancelled.
        await Task { await subscriber.close() }.value
    }

    private func listen(_ subscriber: any BrokerSubscriber) async {
        while !Task.isCancelled {
            do {
                return try await subscriber.listen(on: .inbox)
            } catch {
                warn("listen", "can't hear what is published by hand; trying again", "\(error)")
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// The answer, where there is one already.
    private func take(
        _ message: ByteBuffer,
        _ epoch: UInt64,
        _ pipeline: NIOLoopBound<IngestPipeline>,
        on eventLoop: any EventLoop
    ) async -> InboxAnswer? {
        guard let signed = open(message) else { return nil }
        let verdict = state.withLock { $0.outcomes.take(signed.nonce, nil, at: clock()) }
        switch verdict {
        case .new: break
        case .repeated(let outcome):
            counters.repeated.add()
            return outcome.map { InboxAnswer(to: signed.nonce, $0) }
        case .full:
            return refuse(signed.nonce, .busy, "more messages have come lately than this ingestor can remember")
        }
        guard let request = InboxRequest(signed.body) else {
            return refuse(signed.nonce, .unknown, "this release does not know what is asked")
        }
        switch request {
        case .hello: return finish(signed.nonce, .leads(epoch: epoch))
        case .publish(let publication):
            if let objection = InboxPublication.objection(to: publication.data) {
                return refuse(signed.nonce, .invalidData, objection)
            }
            return await publish(publication, signed.nonce, pipeline, on: eventLoop)
        }
    }

    private func open(_ message: ByteBuffer) -> SignedMessage? {
        do throws(ControlRefusal) {
            return try signer.open(message, of: .inbox, at: clock())
        } catch {
            counters.unsigned.add()
            warn("unsigned", "refused a message in the inbox", "\(error)")
            return nil
        }
    }

    private func publish(
        _ message: InboxPublication,
        _ nonce: ControlNonce,
        _ pipeline: NIOLoopBound<IngestPipeline>,
        on eventLoop: any EventLoop
    ) async -> InboxAnswer? {
        var held = IngestPipeline.HeldPlace.unread
        do {
            while true {
                let placement = try await eventLoop.submit { [held, receipts] in
                    pipeline.value.publish(message, nonce, standing: held, receipts: receipts)
                }.get()
                switch placement {
                case .numbered: return nil
                case .refused(let refusal, let reason): return refuse(nonce, refusal, reason)
                case .unread:
                    // The pipeline knows that the stream is one.
                    let stream = try StreamName(canonical: message.stream)
                    held = .read(try await history.read(stream, from: .max, limit: 0).latest)
                }
            }
        } catch {
            return refuse(nonce, .unavailable, "the stream's place in the history can't be read: \(error)")
        }
    }

    private func refuse(_ nonce: ControlNonce, _ refusal: InboxRefusal, _ reason: String) -> InboxAnswer {
        counters.refused.add()
        let outcome = InboxAnswer.Outcome.refused(refusal, reason: reason)
        guard refusal.isPassing else { return finish(nonce, outcome) }
        // The same message may be taken when it comes again.
        state.withLock { $0.outcomes.release(nonce) }
        return InboxAnswer(to: nonce, outcome)
    }

    private func finish(_ nonce: ControlNonce, _ outcome: InboxAnswer.Outcome) -> InboxAnswer {
        state.withLock { $0.outcomes.update(nonce, outcome) }
        return InboxAnswer(to: nonce, outcome)
    }

    private func answer(_ answer: InboxAnswer) async {
        do {
            try await broker.send(signer.sign(answer.encoded, for: .inboxAnswers, at: clock()), on: .inboxAnswers)
        } catch {
            // Whoever waits for it sends its message again.
            warn("answer", "could not answer what was published by hand", "\(error)")
        }
    }

    private func warn(_ key: String, _ words: Logger.Message, _ reason: String) {
        logger.log(.warning, key: key, words, metadata: ["reason": "\(reason)"])
    }

    // MARK: Any thread

    private func settled(_ nonce: ControlNonce, _ outcome: DeliveryReceipts.Outcome) {
        let answer: InboxAnswer
        switch outcome {
        case .delivered(let position):
            counters.published.add()
            answer = finish(nonce, .published(position))
        case .dropped:
            counters.lost.add()
            answer = finish(nonce, .lost)
        }
        Task { await self.answer(answer) }
    }

    func receive(_ batch: [Publication]) {}

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard channel == .inbox, let queue = state.withLock({ $0.queue }) else { return }
        if case .dropped = queue.yield(message) { counters.overrun.add() }
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}
