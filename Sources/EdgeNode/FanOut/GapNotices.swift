import Core
import NIOCore

/// What clients are told of that they did not get. Lives on the shard's loop; keeps nothing.
///
/// Changes of a book that nobody can apply, since its state is not known, are held back (`StreamFanOut.heldFrom`): after a hole that
/// could not be filled, or where the history could not be read. They are told as one gap when the next snapshot comes.
final class GapNotices {
    private let egress: Egress
    private let conflation: Conflation

    init(egress: Egress, conflation: Conflation) {
        self.egress = egress
        self.conflation = conflation
    }

    /// A hole where another leader took over is most likely of its making.
    static func reason(of position: Position, after last: Position) -> GapReason {
        position.epoch == last.epoch ? .edge : .failover
    }

    /// A client that is owed something is not told: the state that it will get covers the gap. One that can't take it now is
    /// treated as with a publication.
    func tell(
        _ fanOut: StreamFanOut,
        from: UInt64,
        to: UInt64,
        epoch: UInt64,
        reason: GapReason,
        at now: NIODeadline
    ) {
        for audience in fanOut.audiences where !audience.isEmpty {
            guard let frame = audience.encoder.gap(from: from, to: to, epoch: epoch, reason: reason) else { continue }
            for subscription in audience.subscribers.subscriptions where subscription.owedFrom == nil {
                if subscription.hasRoom {
                    egress.deliver(frame, to: subscription, as: fanOut.deliveries, at: now)
                } else {
                    conflation.hold(from: from, for: subscription)
                }
            }
        }
    }

    /// `publication` can be used: those who heard of the stream before are told what they did not get.
    func endHolding(_ fanOut: StreamFanOut, before publication: Publication, at now: NIODeadline) {
        guard let from = fanOut.heldFrom else { return }
        fanOut.heldFrom = nil
        tellHeld(fanOut, from: from, to: publication.position.sequence - 1, publication.position.epoch, at: now)
    }

    /// Somebody joins where the stream stands: what was held back from the others is not theirs.
    func tellHeldSoFar(_ fanOut: StreamFanOut, at now: NIODeadline) {
        guard let from = fanOut.heldFrom, let position = fanOut.state.position else { return }
        fanOut.heldFrom = position.sequence + 1
        tellHeld(fanOut, from: from, to: position.sequence, position.epoch, at: now)
    }

    private func tellHeld(_ fanOut: StreamFanOut, from: UInt64, to: UInt64, _ epoch: UInt64, at now: NIODeadline) {
        guard from <= to else { return }
        tell(fanOut, from: from, to: to, epoch: epoch, reason: .edge, at: now)
    }
}

@available(*, unavailable)
extension GapNotices: Sendable {}
