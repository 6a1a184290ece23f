import Core
import NIOCore
import Stores
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
        var sendFailures: Int
        var attemptsToSend = 0
        var sent: [ByteBuffer] = []
    }

    private let state: Mutex<State>

    init(appendFailures: [any Error] = [], publishFailures: [any Error] = [], sendFailures: Int = 0) {
        state = Mutex(
            State(appendFailures: appendFailures, publishFailures: publishFailures, sendFailures: sendFailures)
        )
    }

    var calls: [Call] { state.withLock { $0.calls } }
    var sent: [ByteBuffer] { state.withLock { $0.sent } }
    var attemptsToSend: Int { state.withLock { $0.attemptsToSend } }

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

    func send(_ message: ByteBuffer, on channel: ControlChannel) async throws {
        try state.withLock { state in
            state.attemptsToSend += 1
            if state.attemptsToSend <= state.sendFailures { throw Failure() }
            state.sent.append(message)
        }
    }

    var status: StoreStatus { .connected }

    func close() async {}

    func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice { HistorySlice() }

    func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber { InProcessBroker().attach(receiver) }
}
