import Dispatch
import NIOCore
import Synchronization

@testable import Shared

/// Keeps what a broker delivers.
final class CollectingReceiver: BrokerReceiver {
    struct Message: Equatable, Sendable {
        let channel: ControlChannel
        let text: String

        init(_ channel: ControlChannel, _ message: ByteBuffer) {
            self.channel = channel
            self.text = String(buffer: message)
        }
    }

    private let inbox = Inbox<Publication>()
    private let messages = Inbox<Message>()
    private let losses = Inbox<BrokerLoss>()

    var publications: [Publication] { inbox.elements }

    func receive(_ batch: [Publication]) { inbox.append(batch) }

    func receive(_ message: ByteBuffer, on channel: ControlChannel) { messages.append([Message(channel, message)]) }

    func mayHaveMissed(_ loss: BrokerLoss) { losses.append([loss]) }

    func messages(atLeast count: Int) async -> [Message] { await messages.elements(atLeast: count) }

    func losses(atLeast count: Int) async -> [BrokerLoss] { await losses.elements(atLeast: count) }

    func publications(atLeast count: Int) async -> [Publication] { await inbox.elements(atLeast: count) }
}

/// Stays in `receive` until it is told that unsubscribe has returned, or at most for a moment, since it must not return
/// first.
final class HeldReceiver: BrokerReceiver {
    private let begun = Inbox<Void>()
    private let returned = DispatchSemaphore(value: 0)
    private let hasEnded = Atomic(false)
    private let verdict = Atomic(false)

    var endedBeforeUnsubscribeReturned: Bool { verdict.load(ordering: .sequentiallyConsistent) }

    func receive(_ batch: [Publication]) {
        begun.append([()])
        _ = returned.wait(timeout: .now() + .milliseconds(100))
        hasEnded.store(true, ordering: .sequentiallyConsistent)
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}

    func hasBegun() async { _ = await begun.elements(atLeast: 1) }

    func unsubscribeHasReturned() {
        verdict.store(hasEnded.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
        returned.signal()
    }
}
