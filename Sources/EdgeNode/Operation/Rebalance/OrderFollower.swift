import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// A node's end of the channel for orders. Attached to the broker while it runs; messages are read on the broker's thread: they are
/// few, and bounded.
///
/// What is not signed, too old, or has come before is refused and logged. An order for another node is none of this one's.
final class OrderFollower: BrokerReceiver {
    private let node: String
    private let signer: ControlSigner
    private let logger: RateLimitedLogger
    private let clock: @Sendable () -> Int64
    private let obey: @Sendable (RebalanceOrder, ControlNonce) -> Void
    private let nonces = Mutex(NonceMemory<Void>(maximum: 10_000))

    /// - Parameters:
    ///   - node: The id that it announces.
    ///   - clock: Milliseconds since 1970.
    ///   - obey: Called on a thread of the broker's: it must not block.
    init(
        node: String,
        signer: ControlSigner,
        logger: RateLimitedLogger,
        clock: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() },
        obey: @escaping @Sendable (RebalanceOrder, ControlNonce) -> Void
    ) {
        self.node = node
        self.signer = signer
        self.logger = logger
        self.clock = clock
        self.obey = obey
    }

    /// Listens until cancelled.
    func run(over broker: any Broker) async {
        let subscriber = broker.attach(self)
        while !Task.isCancelled, !(await listen(subscriber)) { try? await Task.sleep(for: .seconds(1)) }
        // The broker keeps it up.
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        // In a task of its own, since this one is cancelled.
        await Task { await subscriber.close() }.value
    }

    private func listen(_ subscriber: any BrokerSubscriber) async -> Bool {
        do {
            try await subscriber.listen(on: .orders)
            return true
        } catch {
            guard !Task.isCancelled else { return false }
            logger.log(.warning, key: "listen", "can't hear orders; trying again", metadata: ["error": "\(error)"])
            return false
        }
    }

    // MARK: Any thread of the broker's

    func receive(_ batch: [Publication]) {}

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard channel == .orders else { return }
        let now = clock()
        do throws(ControlRefusal) {
            let signed = try signer.open(message, of: .orders, at: now)
            guard let order = RebalanceOrder(signed.body) else { return refuse("the message is no order") }
            guard order.node == node else { return }
            guard case .new = nonces.withLock({ $0.take(signed.nonce, (), at: now) }) else {
                return refuse("the message has come before, or more have come than can be remembered")
            }
            obey(order, signed.nonce)
        } catch {
            refuse("\(error)")
        }
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}

    private func refuse(_ reason: String) {
        logger.log(.warning, key: "order", "refused an order", metadata: ["reason": "\(reason)"])
    }
}
