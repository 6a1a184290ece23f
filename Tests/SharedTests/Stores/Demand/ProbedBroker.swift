import NIOCore
import Synchronization
import TestSupport

@testable import Core
@testable import Stores

/// An in-process broker that tells when somebody listens, refuses to be listened to or to send as often as it is told,
/// and writes down the messages that it was given.
final class ProbedBroker: Broker {
    struct Failure: Error {}

    private struct Plan {
        var listenFailures: Int
        var sendsUntilFailure: Int?
    }

    private let broker = InProcessBroker()
    private let plan: Mutex<Plan>
    /// Attempts to listen: true for those that were confirmed.
    let listens = Inbox<Bool>()
    let closes = Inbox<Bool>()
    let sent = Inbox<ByteBuffer>()

    init(listenFailures: Int = 0, sendsUntilFailure: Int? = nil) {
        plan = Mutex(Plan(listenFailures: listenFailures, sendsUntilFailure: sendsUntilFailure))
    }

    func send(_ message: ByteBuffer, on channel: ControlChannel) async throws {
        try plan.withLock { plan in
            if plan.sendsUntilFailure == 0 { throw Failure() }
            plan.sendsUntilFailure = plan.sendsUntilFailure.map { $0 - 1 }
        }
        sent.append([message])
        try await broker.send(message, on: channel)
    }

    func publish(_ batch: [Publication]) async throws { try await broker.publish(batch) }

    func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber {
        Subscriber(inner: broker.attach(receiver), broker: self)
    }

    var status: StoreStatus { .connected }

    func close() async {}

    private struct Subscriber: BrokerSubscriber {
        let inner: any BrokerSubscriber
        let broker: ProbedBroker

        func listen(on channel: ControlChannel) async throws {
            let fails = broker.plan.withLock { plan in
                plan.listenFailures -= 1
                return plan.listenFailures >= 0
            }
            if !fails { try await inner.listen(on: channel) }
            broker.listens.append([!fails])
            if fails { throw Failure() }
        }

        func subscribe(to stream: StreamName) async throws { try await inner.subscribe(to: stream) }

        func unsubscribe(from stream: StreamName) async throws { try await inner.unsubscribe(from: stream) }

        func close() async {
            await inner.close()
            broker.closes.append([true])
        }
    }
}
