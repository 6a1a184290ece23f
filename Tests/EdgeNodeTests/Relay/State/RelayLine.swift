import Core
import NIOCore
import Stores
import Testing

@testable import EdgeNode

/// One line of a table: what happens to a relay, and all that it answers, in words.
struct RelayLine: Sendable {
    enum Input: Sendable {
        case event(RelayEvent)
        case heard(Publication)
        case beginReading
    }

    let input: Input
    let answer: [String]

    init(_ input: Input, _ answer: [String]) {
        self.input = input
        self.answer = answer
    }

    /// The broker delivers.
    static func hear(_ publication: Publication, _ answer: String...) -> RelayLine {
        .init(.heard(publication), answer)
    }

    static func on(_ event: RelayEvent, _ answer: String...) -> RelayLine { .init(.event(event), answer) }

    /// The stream's state was read.
    static func loaded(_ entries: [Publication], _ answer: String...) -> RelayLine {
        let slice = HistorySlice(entries: entries, oldest: entries.first?.position, latest: entries.last?.position)
        return .init(.event(.loaded(slice)), answer)
    }

    /// A read for what is missing begins.
    static func begin(_ answer: String) -> RelayLine { .init(.beginReading, [answer]) }

    /// It has ended; nil where the history could not be read.
    static func read(_ missing: [Publication]?, _ answer: String...) -> RelayLine {
        .init(.event(.read(missing, at: 5_000_000)), answer)
    }

    /// What `relay` really answers.
    func play(on relay: Relay) -> [String] {
        switch input {
        case .event(let event): relay.take(event).words
        case .heard(let publication): relay.receive(publication).words(for: relay.shards)
        case .beginReading: [relay.beginReading().map(\.words) ?? "nothing to read"]
        }
    }
}

extension MissingRead {
    fileprivate var words: String { "read from \(first)" + (isPastUnknown ? ", the past is unknown" : "") }
}

extension Reception {
    fileprivate func words(for shards: ShardSet) -> [String] {
        switch self {
        case .kept: ["kept"]
        case .stale: ["stale"]
        case .torn: ["torn"]
        case .refused(let reason): ["refused: \(reason)"]
        case .next(let envelope, let news): ["\(Array(shards)) \(envelope.words)"] + (news.map { ["\($0)"] } ?? [])
        }
    }
}

extension RelayOutcome {
    fileprivate var words: [String] { actions.map(\.words) + (step.map { ["then \($0)"] } ?? []) }
}

extension RelayAction {
    fileprivate var words: String {
        switch self {
        case .give(let items, let shards): "\(Array(shards)) \(items.map(\.words).joined(separator: ", "))"
        case .demand(let rank): "wanted at \(rank)"
        case .lower(let rank): "lower to \(rank)"
        case .heard: "exists"
        case .tell(let news): "\(news)"
        case .refuse(let reason): "remember: \(reason)"
        case .count(let isHealed): isHealed ? "healed" : "not healed"
        }
    }
}

extension ShardItem {
    fileprivate var words: String {
        switch self {
        case .publication(let envelope): envelope.words
        case .activated(_, let state): "activated at \(state.position.map(\.words) ?? "nothing")"
        case .dropped: "dropped"
        case .log(_, let number, _): "log \(number)"
        case .failed(_, let reason): "failed: \(reason)"
        case .refused(_, let reason): "refused: \(reason)"
        }
    }
}

extension Envelope {
    fileprivate var words: String { publication.words + (opensEpoch ? " (epoch)" : "") }
}

extension Publication {
    fileprivate var words: String {
        switch kind {
        case .snapshot: "snapshot \(position.words)"
        case .update: "update \(position.words)"
        case .gap(let reason): "gap \(position.words) \(reason)"
        case .refusal: "refusal"
        case .transient: "transient"
        }
    }
}

extension Position {
    fileprivate var words: String { "\(epoch).\(sequence)" }
}

/// Plays a table from the relay's birth on, and stops at the first line that is answered otherwise.
@discardableResult
func play(
    of stream: String = "trade.BTCUSDT",
    on relay: Relay? = nil,
    rank: Int = 0,
    _ lines: RelayLine...,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Relay {
    let relay = try relay ?? .wanted(stream, rank: rank)
    for (number, line) in lines.enumerated() {
        let answer = line.play(on: relay)
        #expect(answer == line.answer, "line \(number + 1)", sourceLocation: sourceLocation)
        guard answer == line.answer else { break }
    }
    return relay
}

extension Relay {
    /// Of a stream that shard 0 wants; `presence.*` are transient, the others the exchange's.
    static func wanted(_ stream: String, rank: Int = 0) throws -> Relay {
        let name = try StreamName(canonical: stream)
        let transient = PatternCatalog([StreamKind(try StreamPattern("presence.{word}"), .transient)])
        return Relay(transient.descriptor(of: name) ?? .of(name), for: [0], rank: rank)
    }
}
