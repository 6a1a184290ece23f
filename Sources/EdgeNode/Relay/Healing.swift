import Core

/// A stream of which publications may be missing, while the history is being read for them. Never copied. Bounded by
/// `KeptPublications`.
struct Healing: ~Copyable {
    /// As it was when something went missing.
    var stream: FollowedStream
    /// What came live since.
    var kept: KeptPublications
    /// The last that had been heard when the read under way began: what that does not have before it is nowhere. What is
    /// missing before later ones was not looked for yet.
    private var heard: Position?

    init(_ stream: consuming FollowedStream, _ kept: consuming KeptPublications = KeptPublications()) {
        self.stream = stream
        self.kept = kept
    }

    /// A read of the history begins.
    mutating func beginReading() -> MissingRead {
        kept.beginReading()
        heard = kept.furthest
        return MissingRead(position: stream.position, next: kept.first, isPastUnknown: stream.isPastUnknown)
    }

    /// That read has ended: hands out what comes next, to all who want the stream. The step says how it goes on: nil where
    /// nothing is missing any longer.
    ///
    /// - Parameters:
    ///   - missing: What the history has behind the stream's place; nil where it could not be read.
    ///   - now: In microseconds since 1970.
    mutating func endReading(
        _ missing: [Publication]?,
        of name: StreamName,
        for shards: ShardSet,
        at now: Int64
    ) -> RelayOutcome {
        var outcome = RelayOutcome()
        if let refusal = kept.refusal(behind: stream) {
            outcome.refuse(refusal, for: shards)
            return outcome
        }
        let next = takeNext(missing)
        if let isHealed = stream.isContinued(by: next) { outcome.add(.count(isHealed: isHealed)) }
        outcome.give(stream.take(next), to: shards)
        outcome.tell(stream.news())
        if shards.isEmpty {
            outcome.step = .unload
        } else if !kept.isSettled {
            // Something was lost while the history was read.
            outcome.step = .heal
        } else if missing == nil {
            // What was missed last is not followed by anything that would tell so.
            outcome.step = .healLater
        } else if let gap = stream.unheard(of: name, at: now) {
            outcome.add(.count(isHealed: false))
            outcome.give(stream.take([gap]), to: shards)
            outcome.tell(stream.news())
        }
        return outcome
    }

    private mutating func takeNext(_ missing: [Publication]?) -> [Publication] {
        let looked = [heard, missing?.last?.position].compactMap(\.self).max()
        return kept.take(mergedWith: missing ?? [], after: stream.position, lookedUpTo: looked)
    }
}
