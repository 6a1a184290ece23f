import Core
import NIOCore
import Platform
import Stores
import Synchronization

/// Hears all that the inbox answers.
final class AnswerEar: BrokerReceiver {
    private let signer: ControlSigner
    private let heard = Mutex<[InboxAnswer.Outcome]>([])

    init(_ signer: ControlSigner) {
        self.signer = signer
    }

    var outcomes: [InboxAnswer.Outcome] { heard.withLock { $0 } }

    func receive(_ batch: [Publication]) {}

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        guard let signed = try? signer.open(message, of: .inboxAnswers, at: WallClock.milliseconds()),
            let answer = InboxAnswer(signed.body)
        else { return }
        heard.withLock { $0.append(answer.outcome) }
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}

/// Hears what is published.
final class BatchEar: BrokerReceiver {
    private let heard = Mutex<[Publication]>([])

    var publications: [Publication] { heard.withLock { $0 } }

    func receive(_ batch: [Publication]) { heard.withLock { $0 += batch } }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}
