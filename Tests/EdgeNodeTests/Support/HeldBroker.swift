import Core
import NIOCore
import Stores
import Synchronization

/// A broker whose answers to subscribe and unsubscribe can be held back, or be failures.
final class HeldBroker: Broker, BrokerSubscriber {
    private struct State {
        var receiver: (any BrokerReceiver)?
        var subscribed: Set<StreamName> = []
        var isHeld = false
        var fails = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var calls: [String] = []
    }

    struct Failure: Error {}

    private let state = Mutex(State())
    let status: StoreStatus

    init(status: StoreStatus = .connected) { self.status = status }

    /// What was asked for, in order: `+ticker.BTCUSDT`, `-ticker.BTCUSDT`.
    var calls: [String] { state.withLock { $0.calls } }

    func hold() { state.withLock { $0.isHeld = true } }

    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

    /// Answers one of those that wait; false where nobody does.
    func releaseOne() -> Bool {
        let first = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        first?.resume()
        return first != nil
    }

    func release() {
        let waiting = state.withLock { state in
            state.isHeld = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber {
        state.withLock { $0.receiver = receiver }
        return self
    }

    func publish(_ batch: [Publication]) async throws {
        let (receiver, heard) = state.withLock { state in
            (state.receiver, batch.filter { state.subscribed.contains($0.stream) })
        }
        if !heard.isEmpty { receiver?.receive(heard) }
    }

    func send(_ message: ByteBuffer, on channel: ControlChannel) async throws {
        state.withLock { $0.receiver }?.receive(message, on: channel)
    }

    func listen(on channel: ControlChannel) async throws {}

    /// Tells the receiver that it may have missed something.
    func lose(_ loss: BrokerLoss) { state.withLock { $0.receiver }?.mayHaveMissed(loss) }

    /// Delivers, subscribed or not: as a broker that was faster than its own confirmation.
    func deliver(_ publication: Publication) { state.withLock { $0.receiver }?.receive([publication]) }

    func subscribe(to stream: StreamName) async throws {
        await wait("+\(stream)")
        try state.withLock { state in
            if state.fails { throw Failure() }
            state.subscribed.insert(stream)
        }
    }

    func unsubscribe(from stream: StreamName) async throws {
        await wait("-\(stream)")
        state.withLock { state in _ = state.subscribed.remove(stream) }
    }

    func close() async { state.withLock { $0.receiver = nil } }

    private func wait(_ call: String) async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                state.calls.append(call)
                if state.isHeld { state.waiting.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
    }
}
