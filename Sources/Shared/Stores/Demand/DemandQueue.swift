import Core
import DequeModule
import NIOCore
import Synchronization

/// The messages of the demand channel that wait to be read, so that the broker's thread only hands them over.
///
/// Bounded in messages and in bytes: when it is full the oldest are lost and counted, which their nodes' next
/// announcements of everything heal. Safe on any thread; one reader.
final class DemandQueue: BrokerReceiver {
    fileprivate struct State {
        var messages: Deque<ByteBuffer> = []
        var bytes = 0
        var lost = 0
        var isFinished = false
        var reader: CheckedContinuation<ByteBuffer?, Never>?
    }

    static let maximumMessages = 65_536
    static let maximumBytes = 64 << 20

    private let state = Mutex(State())

    /// Messages that were lost since the start.
    var lost: Int { state.withLock { $0.lost } }

    func receive(_ batch: [Publication]) {}

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard channel == .demand else { return }
        let reader = state.withLock { state -> CheckedContinuation<ByteBuffer?, Never>? in
            guard !state.isFinished else { return nil }
            if let reader = state.reader.take() { return reader }
            state.append(message)
            return nil
        }
        reader?.resume(returning: message)
    }

    /// Leases heal what was missed.
    func mayHaveMissed(_ loss: BrokerLoss) {}

    /// The next message; nil when the queue is finished.
    func next() async -> ByteBuffer? {
        await withCheckedContinuation { continuation in
            let ready: ByteBuffer?? = state.withLock { state in
                if state.isFinished { return .some(nil) }
                if let message = state.popFirst() { return message }
                state.reader = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// Ends the reading; what waits is lost. Answers false where it was finished already.
    func finish() -> Bool {
        let (isFirst, reader) = state.withLock { state in
            defer { state.isFinished = true }
            state.messages = []
            return (!state.isFinished, state.reader.take())
        }
        reader?.resume(returning: nil)
        return isFirst
    }
}

extension DemandQueue.State {
    fileprivate mutating func append(_ message: ByteBuffer) {
        messages.append(message)
        bytes += message.readableBytes
        while messages.count > DemandQueue.maximumMessages || bytes > DemandQueue.maximumBytes, popFirst() != nil {
            lost += 1
        }
    }

    fileprivate mutating func popFirst() -> ByteBuffer? {
        guard let message = messages.popFirst() else { return nil }
        bytes -= message.readableBytes
        return message
    }
}
