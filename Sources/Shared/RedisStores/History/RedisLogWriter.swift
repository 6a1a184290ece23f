import Core
import NIOCore
import Stores
import Synchronization

/// Appends publications to the logs in Redis, and publishes them where it is told to. May be used from any thread.
///
/// A batch goes in parts, one after the answer of the one before: so nothing is kept behind a publication that was
/// refused. A stream whose log cannot be appended to (its key holds something else) keeps nothing of the others back.
/// The next part is written while Redis works on the one before.
final class RedisLogWriter: Sendable {
    private let client: RedisClient
    private let names: StoreNames
    private let wire: WireVersion
    private let publishes: Bool
    private let streams: Mutex<LogStreams>

    init(_ client: RedisClient, names: StoreNames, retention: Retention, writing wire: WireVersion, publishes: Bool) {
        self.client = client
        self.wire = wire
        let names = names.inDatabase(client.database)
        self.names = names
        self.publishes = publishes
        streams = Mutex(LogStreams(names: names, retention: retention))
    }

    /// Throws `HistoryError` where Redis's log refuses a publication, `unusable` after all else was kept; `RedisError` where
    /// Redis can't be asked.
    func append(_ batch: [Publication]) async throws {
        // What is neither kept nor published is not sent.
        var batch = publishes ? batch : batch.filter(\.isSequenced)
        var unusable: [StreamName: String] = [:]
        var next = try part(of: batch[...])
        while let current = next {
            let submitted = client.submit(current.call)
            let rest = batch[current.publications.endIndex...]
            next = try part(of: rest)
            let reply = try await client.answer(to: current.call, of: LogScript.script, submitted)
            let settled = try settle(current, reply)
            guard !settled.unusable.isEmpty else { continue }
            unusable.merge(settled.unusable) { first, _ in first }
            // The key may be right by now, and the log would have a hole.
            batch = (current.publications.dropFirst(settled.count) + rest).filter { publication in
                !publication.isSequenced || unusable[publication.stream] == nil
            }
            next = try part(of: batch[...])
        }
        if !unusable.isEmpty { throw HistoryError.unusable(unusable) }
    }

    private func part(of rest: ArraySlice<Publication>) throws -> LogPart? {
        guard !rest.isEmpty else { return nil }
        return try streams.withLock { streams in
            try LogPart(
                rest,
                streams: &streams,
                termKey: names.termKey,
                writing: wire,
                publishes: publishes,
                at: .now
            )
        }
    }

    /// How many of the part are done with, and the streams among them whose logs could not be appended to, with the reason.
    private func settle(_ part: LogPart, _ reply: RESPValue) throws -> (count: Int, unusable: [StreamName: String]) {
        guard let first = part.publications.first, let answer = LogScript.Answer(reply) else {
            throw RedisError.unexpectedReply(command: part.call.name, kind: reply.kindName)
        }
        func publication(_ index: Int) -> Publication {
            part.publications.dropFirst(index).first ?? first
        }
        switch answer {
        case .kept(let termWasMissing, let refusals):
            let refused = refusals.map { refusal in
                let stream = publication(refusal.index).stream
                return (stream, "\(names.logKey(stream)): \(refusal.message)")
            }
            streams.withLock { streams in
                if termWasMissing { streams.forgetExpiries() }
                streams.expirySet(of: part.expiring, at: part.made)
                // A key that is right again is another one, without an expiry.
                for (stream, _) in refused { streams.forgetExpiry(of: stream) }
            }
            return (part.publications.count, Dictionary(refused) { first, _ in first })
        case .fenced(let current):
            throw HistoryError.fenced(first.stream, epoch: first.position.epoch, current: current)
        case .outOfOrder(let index, let lastSequence, let lastEpoch):
            let refused = publication(index)
            // An epoch that no leader has is a foreign writer's: that costs this stream, not the term.
            if let lastEpoch, lastEpoch <= Position.highest, lastEpoch > refused.position.epoch {
                throw HistoryError.fenced(refused.stream, epoch: refused.position.epoch, current: lastEpoch)
            }
            guard lastSequence <= Position.highest else {
                let reason = "\(names.logKey(refused.stream)) ends with \(lastSequence): \(RedisHistory.repair)"
                return (index, [refused.stream: reason])
            }
            throw HistoryError.outOfOrder(refused.stream, sequence: refused.position.sequence, last: lastSequence)
        }
    }
}
