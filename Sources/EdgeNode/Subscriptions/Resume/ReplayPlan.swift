import Core
import NIOCore

/// What a client that resumes a stream is told and gets: decided before the reply, carried out behind it.
struct ReplayPlan {
    let item: PendingSubscribe.Wanted
    let decision: ResumeDecision
    /// Where the client stands in front of all that follows the reply; nil where it stands nowhere.
    let position: Position?
    /// What was missed, ready for the socket; empty where nothing was, or can't be recovered.
    var frames = ByteBuffer()

    var reply: ResumedStream { ResumedStream(spelling: item.argument.spelling, outcome: decision) }
}

extension StreamFanOut {
    /// - Parameter room: Bytes that the client's outbox may be given at once.
    func planReplay(of item: PendingSubscribe.Wanted, room: Int, at now: NIODeadline) -> ReplayPlan {
        replay?.lastUsed = now
        let decision = decideReplay(item.claim)
        guard case .recovered(let from, _, let count) = decision else {
            return ReplayPlan(item: item, decision: decision, position: joiningPosition)
        }
        let position = item.claim.flatMap(verifiedPosition)
        guard count > 0, var ring = replay else {
            return ReplayPlan(item: item, decision: decision, position: position)
        }
        // Else the ring would be copied when it keeps the frames.
        replay = nil
        let frames = ring.frames(from: from, item.variant, by: encoder(of: item.variant))
        replay = ring
        guard frames.readableBytes <= room else {
            return ReplayPlan(item: item, decision: refuse(.tooFar), position: joiningPosition)
        }
        return ReplayPlan(item: item, decision: decision, position: position, frames: frames)
    }

    /// The place of a claim that is good. One without an epoch was good under that of the entry itself, or of the one behind it;
    /// where the log is gone, it is where the stream stands.
    private func verifiedPosition(_ claim: ResumeClaim) -> Position? {
        let logged = replay.flatMap { $0.epoch(at: claim.sequence) ?? $0.oldest?.epoch }
        guard let epoch = claim.epoch ?? logged ?? state.position?.epoch else { return nil }
        return Position(epoch: epoch, sequence: claim.sequence)
    }

    private func decideReplay(_ claim: ResumeClaim?) -> ResumeDecision {
        guard let claim, let ring = replay else { return refuse(.unknown) }
        // Whoever has what this node has missed nothing, whatever the history holds: its log may be gone.
        if let position = state.position, claim.sequence == position.sequence,
            claim.epoch.map({ $0 == position.epoch }) ?? (ring.latest == nil)
        {
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
