import Core
import NIOCore
import Stores
import TestSupport

/// Keeps what a broker delivers.
package final class CollectingReceiver: BrokerReceiver {
    package struct Message: Equatable, Sendable {
        package let channel: ControlChannel
        package let text: String

        init(_ channel: ControlChannel, _ message: ByteBuffer) {
            self.channel = channel
            self.text = String(buffer: message)
        }
    }

    private let inbox = Inbox<Publication>()
    private let messages = Inbox<Message>()
    private let missed = Inbox<BrokerLoss>()

    package init() {}

    package var publications: [Publication] { inbox.elements }

    package var losses: [BrokerLoss] { missed.elements }

    package func receive(_ batch: [Publication]) { inbox.append(batch) }

    package func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        messages.append([Message(channel, message)])
    }

    package func mayHaveMissed(_ loss: BrokerLoss) { missed.append([loss]) }

    package func messages(atLeast count: Int) async -> [Message] { await messages.elements(atLeast: count) }

    package func losses(atLeast count: Int) async -> [BrokerLoss] { await missed.elements(atLeast: count) }

    package func publications(atLeast count: Int) async -> [Publication] { await inbox.elements(atLeast: count) }
}
