import Core
import Logging
import NIOCore
import Platform
import Synchronization

/// A node's end of the channel for instruments: puts the leader's lists together for `Instruments`, asks for the list where
/// heartbeats tell of another than is here, and for a fresh one where `Instruments` wants it.
///
/// Attached to the broker while it runs. Messages are read on the broker's thread: they come every few minutes, and are bounded.
/// What a former leader says is passed over. What can't be read is logged at a limited rate and ignored; what was missed,
/// heartbeats tell.
package final class InstrumentFollower: BrokerReceiver {
    private struct State {
        var assembly = InstrumentAssembly()
        /// Of the newest leader that was heard: a former one may have another list.
        var epoch: UInt64 = 0
        /// The checksum of the list that nodes should have, as that leader says.
        var told: UInt64?
        var askedAt: NIODeadline?

        /// Whether what is of this epoch counts.
        mutating func hear(of epoch: UInt64) -> Bool {
            if epoch > self.epoch {
                self.epoch = epoch
                told = nil
            }
            return epoch == self.epoch
        }
    }

    /// Between two questions for a list that was missed.
    private static let interval = TimeAmount.seconds(2)

    private let instruments: Instruments
    private let broker: any Broker
    private let wire: WireVersion
    private let logger: RateLimitedLogger
    private let state = Mutex(State())
    private let misses: AsyncStream<Void>
    private let miss: AsyncStream<Void>.Continuation

    package init(_ instruments: Instruments, broker: any Broker, writing wire: WireVersion, logger: Logger) {
        self.instruments = instruments
        self.broker = broker
        self.wire = wire
        self.logger = RateLimitedLogger(logger)
        (misses, miss) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Follows until the task is cancelled. To be called once.
    package func follow() -> Task<Void, Never> { Task { await run() } }

    private func run() async {
        let subscriber = broker.attach(self)
        await withTaskGroup(of: Void.self) { group in
            for channel in [ControlChannel.instruments, .heartbeat] {
                group.addTask { [self] in await listen(subscriber, on: channel) }
            }
            group.addTask { [self] in
                for await _ in instruments.questions { await send(.fresh) }
            }
            group.addTask { [self] in
                for await _ in misses { await send(.list) }
            }
        }
        // In a task of its own, since this one is cancelled.
        await Task { await subscriber.close() }.value
    }

    private func listen(_ subscriber: any BrokerSubscriber, on channel: ControlChannel) async {
        while !Task.isCancelled {
            do {
                return try await subscriber.listen(on: channel)
            } catch {
                warn("listen", "can't listen to what the leader says of instruments; trying again", error)
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// What can't be sent is asked again: with the next heartbeat, or for the next unknown symbol.
    private func send(_ want: InstrumentWant) async {
        do {
            try await broker.send(want.encoded(as: wire), on: .instrumentsWanted)
        } catch {
            warn("want", "the leader could not be asked for its list of instruments", error)
        }
    }

    private func warn(_ key: String, _ words: Logger.Message, _ error: any Error) {
        logger.log(.warning, key: key, words, metadata: ["error": "\(error)"])
    }

    // MARK: Any thread of the broker's

    package func receive(_ batch: [Publication]) {}

    package func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        switch channel {
        case .instruments: take(message)
        case .heartbeat: compare(message)
        default: break
        }
    }

    package func mayHaveMissed(_ loss: BrokerLoss) {}

    private func take(_ message: ByteBuffer) {
        do throws(InstrumentMessage.Failure) {
            let part = try InstrumentMessage(message)
            let whole = state.withLock { state -> (list: InstrumentList, isCurrent: Bool)? in
                guard state.hear(of: part.epoch), let list = state.assembly.take(part) else { return nil }
                return (list, list.checksum == state.told)
            }
            guard let (list, isCurrent) = whole else { return }
            instruments.hear(list, age: part.age, isCurrent: isCurrent)
        } catch {
            warn("unreadable", "ignored a part of the list of instruments that can't be read", error)
        }
    }

    private func compare(_ message: ByteBuffer) {
        // The node's monitor counts and logs those that can't be read.
        guard let heartbeat = try? Heartbeat(message) else { return }
        let present = instruments.list?.checksum
        let now = NIODeadline.now()
        let hasMissed = state.withLock { state in
            guard state.hear(of: heartbeat.epoch) else { return false }
            state.told = heartbeat.instruments
            guard let told = state.told, told != present else { return false }
            guard state.askedAt.map({ now - $0 >= Self.interval }) ?? true else { return false }
            state.askedAt = now
            return true
        }
        if hasMissed { miss.yield() }
    }
}
