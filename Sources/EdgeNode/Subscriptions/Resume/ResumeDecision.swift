import Core

/// Whether a client gets all that it missed of a stream, or is told that it can't. Pure.
///
/// A claim is good only if the log still holds that very entry under that very epoch, or begins with the entry right
/// behind it under the same epoch. Then what is replayed is (claim, latest] without a hole. Everything else is told to
/// the client: one that wrongly believes it has seen everything is the one failure that nobody would notice.
///
/// - A claim without an epoch is judged by its sequence alone.
/// - Sequence 0 is no entry and so has no epoch: it is good where the log reaches back to sequence 1, whatever epoch
///   came with it.
/// - An entry older than the log is `expired` under any epoch: nobody can tell any more which one it had.
enum ResumeDecision: Equatable, Sendable {
    /// `count` entries are missing, from `from` to `to`. Where nothing was missed `count` is 0 and `from` is `to` + 1.
    case recovered(from: UInt64, to: UInt64, count: Int)
    /// `oldest` and `latest` are the bounds of the log; nil where there is none.
    case notRecovered(reason: ResumeFailure, oldest: UInt64?, latest: UInt64?)

    /// - Parameter claim: Nil where the client has no position of this stream.
    init(_ claim: ResumeClaim?, in log: some ReplayLog, limits: ReplayLimits) {
        guard let claim, let oldest = log.oldest, let latest = log.latest else {
            self = .notRecovered(
                reason: .unknown,
                oldest: log.oldest?.sequence,
                latest: log.latest?.sequence
            )
            return
        }
        if let reason = Self.failure(claim, in: log, oldest, latest, limits) {
            self = .notRecovered(reason: reason, oldest: oldest.sequence, latest: latest.sequence)
        } else {
            let count = Int(latest.sequence - claim.sequence)
            self = .recovered(from: claim.sequence + 1, to: latest.sequence, count: count)
        }
    }

    /// Nil where the claim is good: then its sequence is not above `latest`.
    private static func failure(
        _ claim: ResumeClaim,
        in log: some ReplayLog,
        _ oldest: Position,
        _ latest: Position,
        _ limits: ReplayLimits
    ) -> ResumeFailure? {
        // No stream ever has an entry behind the last number.
        guard claim.sequence < .max else { return .unknown }
        guard claim.sequence <= latest.sequence else {
            return claim.epoch == nil || claim.epoch == latest.epoch ? .unknown : .epochChanged
        }
        if let held = log.epoch(at: claim.sequence) {
            guard claim.epoch == nil || claim.epoch == held else { return .epochChanged }
        } else {
            guard claim.sequence + 1 == oldest.sequence else { return .expired }
            guard claim.sequence == 0 || claim.epoch == nil || claim.epoch == oldest.epoch else { return .expired }
        }
        let count = log.count(after: claim.sequence)
        // Sequences are unique, so the number of entries tells whether one is missing.
        guard UInt64(count) == latest.sequence - claim.sequence else { return .expired }
        guard count <= limits.entries, log.bytes(after: claim.sequence) <= limits.bytes else { return .tooFar }
        return nil
    }
}
