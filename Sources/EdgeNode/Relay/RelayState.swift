import Core
import NIOCore
import Stores

/// Where a stream is on its way through a node, with what is true there and nothing else. Pure: events in, actions out; what
/// it holds is moved from case to case, never copied.
///
/// Until it is live the stream has no place in the sequence; what is kept is kept only while the history is being read; and
/// of a stream that is being left nothing is known.
///
/// Bounded by `KeptPublications` and `StreamState`.
enum RelayState: ~Copyable {
    /// The broker is being asked, or the history read. `told` is how far the ingestor has said that the stream goes.
    case loading(KeptPublications, told: Position? = nil)
    case live(FollowedStream)
    /// Publications may be missing, and the history is being read for them.
    case healing(Healing)
    /// The last shard has left, or the stream was refused; the broker is being told.
    case leaving
}

extension RelayState {
    /// Takes what the broker delivers: once for each publication and node.
    mutating func receive(_ publication: Publication) -> Reception {
        switch consume self {
        case .leaving:
            self = .leaving
            return .kept
        case .loading(var kept, let told):
            kept.keep(publication)
            self = .loading(kept, told: told)
            return .kept
        case .healing(var healing):
            healing.kept.keep(publication)
            self = .healing(healing)
            return .kept
        case .live(var stream):
            switch stream.continuity(of: publication) {
            case .stale:
                self = .live(stream)
                return .stale
            case .hole:
                var healing = Healing(stream)
                healing.kept.keep(publication)
                self = .healing(healing)
                return .torn
            case .next where publication.kind == .refusal:
                self = .leaving
                return .refused(reason: String(buffer: publication.data))
            case .next:
                let envelope = stream.take(publication)
                let news = stream.news()
                self = .live(stream)
                return .next(envelope, news)
            }
        }
    }

    /// The broker is heard and the state was read, nil where it could not be: goes live for `shards`, all who want it.
    mutating func loaded(
        _ slice: HistorySlice?,
        of descriptor: StreamDescriptor,
        for shards: ShardSet
    ) -> RelayOutcome {
        switch consume self {
        case .loading(var kept, let told):
            guard !shards.isEmpty else {
                self = .leaving
                return RelayOutcome(step: .unload)
            }
            var stream = FollowedStream(descriptor, from: slice, told: told)
            var outcome = RelayOutcome()
            if stream.position != nil { outcome.add(.heard) }
            if let refusal = kept.refusal(behind: stream) {
                self = .leaving
                outcome.refuse(refusal, for: shards)
                return outcome
            }
            outcome.give([.activated(descriptor.name, stream.state)], to: shards)
            // A loss that the broker did not tell: what is missing may be in the history by now.
            let next = kept.take(after: stream.position)
            outcome.give(stream.take(next), to: shards)
            outcome.tell(stream.news())
            if kept.isSettled {
                self = .live(stream)
            } else {
                outcome.step = .heal
                self = .healing(Healing(stream, kept))
            }
            return outcome
        case let other:
            self = other
            return RelayOutcome()
        }
    }

    /// A read of the history for what is missing begins; nil where nothing is looked for.
    mutating func beginReading() -> MissingRead? {
        switch consume self {
        case .healing(var healing):
            let read = healing.beginReading()
            self = .healing(healing)
            return read
        case let other:
            self = other
            return nil
        }
    }

    /// That read has ended: `missing` is nil where the history could not be read.
    mutating func read(
        _ missing: [Publication]?,
        of name: StreamName,
        for shards: ShardSet,
        at now: Int64
    ) -> RelayOutcome {
        switch consume self {
        case .healing(var healing):
            let outcome = healing.endReading(missing, of: name, for: shards, at: now)
            switch outcome.step {
            case .unload: self = .leaving
            case .heal: self = .healing(healing)
            default: self = .live(healing.stream)
            }
            return outcome
        case let other:
            self = other
            return RelayOutcome()
        }
    }

    /// Publications of a stream with a sequence may be missing; up to `position`, where the ingestor has told one.
    mutating func suspect(upTo position: Position?) -> RelayStep? {
        switch consume self {
        case .loading(var kept, let told):
            kept.suspect()
            self = .loading(kept, told: [told, position].compactMap(\.self).max())
            return nil
        case .live(var stream):
            guard stream.tell(position) else {
                self = .live(stream)
                return nil
            }
            self = .healing(Healing(stream))
            return .heal
        case .healing(var healing):
            if healing.stream.tell(position) { healing.kept.suspect() }
            self = .healing(healing)
            return nil
        case .leaving:
            self = .leaving
            return nil
        }
    }

    /// Nobody wants the stream any longer. What is being read is left when that has ended.
    mutating func leave() -> RelayStep? {
        guard isLive else { return nil }
        self = .leaving
        return .unload
    }
}

extension RelayState {
    /// For a shard that joins; what is being healed comes after it. Nil where there is none yet, or none any longer.
    var current: StreamState? {
        switch self {
        case .live(let stream): stream.state
        case .healing(let healing): healing.stream.state
        default: nil
        }
    }

    var isLive: Bool {
        switch self {
        case .live: true
        default: false
        }
    }

    var isHealing: Bool {
        switch self {
        case .healing: true
        default: false
        }
    }

    /// Whether the ingestor is further, of a stream that takes itself to have everything.
    ///
    /// - Parameter knowsPast: Whether it is known that a stream of which nothing was heard had nothing.
    func isBehind(_ position: Position, knowsPast: Bool) -> Bool {
        switch self {
        case .live(let stream): stream.position.map { $0 < position } ?? knowsPast
        default: false
        }
    }
}
