import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// Asks the exchange for its instruments while this process leads, and tells the nodes: what it has heard at once, and the list
/// there is to whoever has missed it.
///
/// Safe on any thread. It holds two lists at most, asks one question at a time, and tells a list twice in a second at most. The
/// exchange's silence is no error: it is asked again with a growing, jittered wait. What one term has heard is forgotten with it.
final class InstrumentTeller: BrokerReceiver {
    private struct State {
        var schedule = InstrumentSchedule()
        var backoff = Backoff(initial: .seconds(10), maximum: .seconds(60), multiplier: 2)
        var list: InstrumentList?
        /// When the exchange was asked for it.
        var asOf = NIODeadline.distantPast
        /// Of the term.
        var epoch: UInt64 = 0
        var isAsking = false
        var mustTell = false
        /// The checksum of the list that was told last.
        var told: UInt64?
        /// Nil between terms.
        var wakeUp: AsyncStream<Void>.Continuation?

        /// What is known of an earlier term is old: others may have led since. How the exchange wants to be treated is not.
        mutating func begin(epoch: UInt64, wakeUp: AsyncStream<Void>.Continuation) {
            schedule.begin()
            list = nil
            asOf = .distantPast
            self.epoch = epoch
            isAsking = false
            mustTell = false
            told = nil
            self.wakeUp = wakeUp
        }

        mutating func end() {
            list = nil
            told = nil
            wakeUp = nil
        }

        /// There is an answer, or there is none: whoever asked for a fresh list waits for it.
        mutating func finishQuestion() {
            isAsking = false
            mustTell = true
            wakeUp?.yield()
        }
    }

    /// Between two lists, whoever wants them.
    private static let pause: Duration = .milliseconds(500)

    private let source: any InstrumentSource
    private let broker: any Broker
    private let wire: WireVersion
    private let logger: RateLimitedLogger
    private let clock: @Sendable () -> NIODeadline
    private let state = Mutex(State())

    init(
        source: any InstrumentSource,
        broker: any Broker,
        wire: WireVersion,
        logger: RateLimitedLogger,
        clock: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        self.source = source
        self.broker = broker
        self.wire = wire
        self.logger = logger
        self.clock = clock
    }

    /// Of the list that nodes should have; nil while there is none.
    var checksum: UInt64? { state.withLock { $0.told } }

    func receive(_ batch: [Publication]) {}

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard channel == .instrumentsWanted, let want = InstrumentWant(message) else { return }
        let now = clock()
        state.withLock { state in
            // While the exchange is being asked, its answer is told anyway.
            if want == .list || !state.isAsking && !state.schedule.wanted(at: now) { state.mustTell = true }
            state.wakeUp?.yield()
        }
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}

    /// Runs until cancelled, once for each term.
    func run(epoch: UInt64) async {
        let (wakeUps, wakeUp) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.begin(epoch: epoch, wakeUp: wakeUp) }
        wakeUp.yield()
        let subscriber = broker.attach(self)
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in await listen(subscriber) }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    wakeUp.yield()
                }
            }
            for await _ in wakeUps {
                if takesQuestion() { group.addTask { [self] in await ask() } }
                await tell()
            }
            group.cancelAll()
        }
        state.withLock { $0.end() }
        // In a task of its own, since this one is cancelled.
        await Task { await subscriber.close() }.value
    }

    private func listen(_ subscriber: any BrokerSubscriber) async {
        while !Task.isCancelled {
            do {
                return try await subscriber.listen(on: .instrumentsWanted)
            } catch {
                warn("listen", "can't hear which instruments nodes ask for; trying again", error)
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Whether the exchange is to be asked now; then somebody has to.
    private func takesQuestion() -> Bool {
        let now = clock()
        return state.withLock { state in
            guard !state.isAsking, state.schedule.isDue(at: now) else { return false }
            state.schedule.asked(at: now)
            state.isAsking = true
            return true
        }
    }

    private func ask() async {
        let start = clock()
        do {
            let list = try await source.instruments()
            let isNews = state.withLock { state in
                defer {
                    state.list = list
                    state.asOf = start
                    state.backoff.reset()
                    state.finishQuestion()
                }
                return state.list != list
            }
            guard isNews else { return }
            logger.log(
                .info,
                key: "list",
                "the exchange says which instruments it has",
                metadata: ["instruments": "\(list.symbols.count)"]
            )
        } catch {
            guard !Task.isCancelled else { return }
            var generator = SystemRandomNumberGenerator()
            let failure = error as? any InstrumentFailure
            let now = clock()
            state.withLock { state in
                state.schedule.failed(
                    at: now,
                    wait: TimeAmount(state.backoff.next(using: &generator)),
                    retryAfter: failure?.retryAfter.map { TimeAmount($0) },
                    quiet: failure?.quiet.map { TimeAmount($0) }
                )
                state.finishQuestion()
            }
            warn("instruments", "the exchange does not say which instruments it has; it is asked again", error)
        }
    }

    /// What can't be sent is asked for again: heartbeats tell its checksum.
    private func tell() async {
        let now = clock()
        let due = state.withLock { state -> (list: InstrumentList, age: TimeAmount, epoch: UInt64)? in
            guard state.mustTell, let list = state.list else { return nil }
            state.mustTell = false
            return (list, now - state.asOf, state.epoch)
        }
        guard let (list, age, epoch) = due else { return }
        do {
            let messages = InstrumentMessage.encode(list, epoch: epoch, age: .nanoseconds(age.nanoseconds), as: wire)
            for message in messages { try await broker.send(message, on: .instruments) }
        } catch {
            warn("tell", "the nodes were not told which instruments the exchange has", error)
        }
        state.withLock { $0.told = list.checksum }
        try? await Task.sleep(for: Self.pause)
    }

    private func warn(_ key: String, _ words: Logger.Message, _ error: any Error) {
        logger.log(.warning, key: key, words, metadata: ["error": "\(error)"])
    }
}
