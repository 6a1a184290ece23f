import NIOCore
import Shared

/// What a client that resumes a stream is told and gets: decided before the reply, carried out behind it.
struct ReplayPlan {
    let item: PendingSubscribe.Wanted
    let decision: ResumeDecision
    /// What was missed, ready for the socket; empty where nothing was, or can't be recovered.
    var frames = ByteBuffer()

    var reply: ResumedStream { ResumedStream(spelling: item.argument.spelling, outcome: decision) }
}

extension StreamFanOut {
    /// - Parameter room: Bytes that the client's outbox may be given at once.
    func planReplay(of item: PendingSubscribe.Wanted, room: Int, at now: NIODeadline) -> ReplayPlan {
        replay?.lastUsed = now
        let decision = decideReplay(item.claim)
        guard case .recovered(let from, _, let count) = decision, count > 0, var ring = replay else {
            return ReplayPlan(item: item, decision: decision)
        }
        // Else the ring would be copied when it keeps the frames.
        replay = nil
        let frames = ring.frames(from: from, in: item.dialect, by: encoder)
        replay = ring
        guard frames.readableBytes <= room else { return ReplayPlan(item: item, decision: refuse(.tooFar)) }
        return ReplayPlan(item: item, decision: decision, frames: frames)
    }

    private func decideReplay(_ claim: ResumeClaim?) -> ResumeDecision {
        guard let claim, let ring = replay else { return refuse(.unknown) }
        // Whoever has what this node has missed nothing, whatever the history holds.
        if let position = state.position, claim.epoch == position.epoch, claim.sequence == position.sequence {
            return .recovered(from: position.sequence + 1, to: position.sequence, count: 0)
        }
        let limits = ReplayLimits(entries: ReplayRing.maximumEntries, bytes: ReplayRing.maximumBytes)
        let decision = ResumeDecision(claim, in: ring, limits: limits)
        // A log that ends before the live stream stands would leave a hole in between.
        if case .recovered = decision, ring.latest != state.position { return refuse(.expired) }
        return decision
    }

    private func refuse(_ reason: ResumeFailure) -> ResumeDecision {
        .notRecovered(reason: reason, oldest: replay?.oldest?.sequence, latest: state.position?.sequence)
    }
}
