import Core
import Foundation
import NIOCore
import Platform
import Stores
import Synchronization

/// One stream's messages, one after the other to the leader that was found at the beginning: each is sent when the one before is
/// acknowledged, so that they are numbered in their order. Used by one task.
final class InboxPublisher: Sendable {
    private let client: InboxClient
    private let stream: String
    private let isSnapshot: Bool
    private let limit: Duration
    private let epoch = Atomic<UInt64>(0)

    init(client: InboxClient, stream: String, isSnapshot: Bool, limit: Duration) {
        self.client = client
        self.stream = stream
        self.isSnapshot = isSnapshot
        self.limit = limit
    }

    /// Finds who leads.
    func begin() async throws {
        switch await client.ask(.hello, within: limit) {
        case .leads(let epoch): self.epoch.store(epoch, ordering: .relaxed)
        case .refused(_, let reason): throw ControlFailure.refused(reason)
        case .published, .lost:
            throw ControlFailure.refused("the ingestor speaks another language: is it of this release?")
        case nil:
            if let outage = client.outage {
                throw ControlFailure.unreachable("the broker can't be reached: \(outage). Nothing was published")
            }
            throw ControlFailure.noLeader(
                client.hasHeardLeader
                    ? "an ingestor leads and does not answer: it has no CONTROL_KEY or another one, or its clock is more "
                        + "than a minute away from this one's; its log says which. Nothing was published"
                    : "no ingestor leads: none was heard for \(limit.settingText) s. Nothing was published"
            )
        }
    }

    /// Returns when it is numbered and kept, and its position printed.
    func publish(_ data: ByteBuffer) async throws {
        if let objection = InboxPublication.objection(to: data) {
            throw ControlFailure.refused("\(objection). It was not published")
        }
        let epoch = epoch.load(ordering: .relaxed)
        let message = InboxPublication(stream: stream, epoch: epoch, isSnapshot: isSnapshot, data: data)
        switch await client.ask(.publish(message), within: limit) {
        case .published(let position):
            let line = "\(stream) #\(position.sequence) epoch=\(position.epoch)\n"
            // Who does not read it can't be told.
            try? FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
        case .refused(.otherLeader, _):
            throw ControlFailure.unknown(
                "not acknowledged: another ingestor leads now. It may have been published, or not: look before sending it again"
            )
        case .refused(_, let reason): throw ControlFailure.refused("refused: \(reason). It was not published")
        case .lost:
            throw ControlFailure.unknown(
                "not acknowledged: it was numbered, and could not be kept, or nobody knows whether it was. Look before "
                    + "sending it again"
            )
        case .leads, nil:
            throw ControlFailure.unknown(
                "not acknowledged within \(limit.settingText) s: it may have been published, or not: look before sending "
                    + "it again"
            )
        }
    }
}
