import Core
import NIOCore

/// Changes of a book that nobody can apply, since its state is not known: after a hole that could not be filled, or where
/// the history could not be read. They are told as one gap when the next snapshot comes.
extension Shard {
    func holdBack(_ fanOut: StreamFanOut, from sequence: UInt64) {
        if fanOut.heldFrom == nil { fanOut.heldFrom = sequence }
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

    /// Clients whose debt could not be paid without a state. To be called behind what brought the state.
    func settleHeld(_ fanOut: StreamFanOut, at now: NIODeadline) {
        guard fanOut.descriptor.deliveryClass == .delta else { return }
        for subscription in fanOut.all where subscription.owedFrom != nil && subscription.isUnlisted {
            subscription.isUnlisted = false
            settle(subscription, at: now)
        }
    }

    private func tellHeld(_ fanOut: StreamFanOut, from: UInt64, to: UInt64, _ epoch: UInt64, at now: NIODeadline) {
        guard from <= to else { return }
        tellGap(fanOut, from: from, to: to, epoch: epoch, reason: .edge, at: now)
    }
}
