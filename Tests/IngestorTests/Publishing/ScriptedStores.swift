import NIOCore
import Shared
import Synchronization

/// A history and a broker that write down what they are asked, in one list, and fail as they are told.
final class ScriptedStores: History, Broker {
    enum Call: Equatable {
        case append([UInt64])
        case publish([UInt64])
    }

    struct Failure: Error {}

    private struct State {
        var calls: [Call] = []
        var appendFailures: [any Error]
        var publishFailures: [any Error]
    }

    private let state: Mutex<State>

    init(appendFailures: [any Error] = [], publishFailures: [any Error] = []) {
        state = Mutex(State(appendFailures: appendFailures, publishFailures: publishFailures))
    }

    var calls: [Call] { state.withLock { $0.calls } }

    func append(_ batch: [Publication]) async throws {
        try state.withLock { state in
            state.calls.append(.append(batch.map(\.position.sequence)))
            if !state.appendFailures.isEmpty { throw state.appendFailures.removeFirst() }
        }
    }

    func publish(_ batch: [Publication]) async throws {
        try state.withLock { state in
            state.calls.append(.publish(batch.map(\.position.sequence)))
            if !state.publishFailures.isEmpty { throw state.publishFailures.removeFirst() }
        }
    }

    func send(_ message: ByteBuffer, on channel: ControlChannel) async throws {}

    var status: StoreStatus { .connected }

    func close() async {}

    func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice { HistorySlice() }

    func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber { InProcessBroker().attach(receiver) }
}
