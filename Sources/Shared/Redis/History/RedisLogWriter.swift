import NIOCore
import Synchronization

/// Appends publications to the logs in Redis, and publishes them where it is told to. May be used from any thread.
///
/// A batch goes in parts, one after the answer of the one before: so nothing is kept behind a publication that was
/// refused. The next part is written while Redis works on the one before.
final class RedisLogWriter: Sendable {
    private let client: RedisClient
    private let names: StoreNames
    private let publishes: Bool
    private let streams: Mutex<LogStreams>

    init(_ client: RedisClient, names: StoreNames, retention: Retention, publishes: Bool) {
        self.client = client
        let names = names.inDatabase(client.database)
        self.names = names
        self.publishes = publishes
        streams = Mutex(LogStreams(names: names, retention: retention))
    }

    /// Throws `HistoryError` where Redis's log refuses a publication; `RedisError` where it can't be asked.
    func append(_ batch: [Publication]) async throws {
        // What is neither kept nor published is not sent.
        let batch = publishes ? batch : batch.filter { $0.kind != .refusal }
        var next = try part(of: batch[...])
        while let current = next {
            let submitted = client.submit(current.call)
            next = try part(of: batch[current.publications.endIndex...])
            let reply = try await client.answer(to: current.call, of: LogScript.script, submitted)
            try settle(current, reply)
        }
    }

    private func part(of rest: ArraySlice<Publication>) throws -> LogPart? {
        guard !rest.isEmpty else { return nil }
        return try streams.withLock { streams in
            try LogPart(rest, streams: &streams, termKey: names.termKey, publishes: publishes, at: .now)
        }
    }

    private func settle(_ part: LogPart, _ reply: RESPValue) throws {
        guard let first = part.publications.first, let answer = LogScript.Answer(reply) else {
            throw RedisError.unexpectedReply(command: part.call.name, kind: reply.kindName)
        }
        func publication(_ index: Int) -> Publication {
            part.publications.dropFirst(index).first ?? first
        }
        switch answer {
        case .kept(let termWasMissing):
            streams.withLock { streams in
                if termWasMissing { streams.forgetExpiries() }
                streams.expirySet(of: part.expiring, at: part.made)
            }
        case .fenced(let current):
            throw HistoryError.fenced(first.stream, epoch: first.position.epoch, current: current)
        case .outOfOrder(let index, let lastSequence, let lastEpoch):
            let refused = publication(index)
            // An epoch that no leader has is a foreign writer's: that costs this stream, not the term.
            if let lastEpoch, lastEpoch <= Position.highest, lastEpoch > refused.position.epoch {
                throw HistoryError.fenced(refused.stream, epoch: refused.position.epoch, current: lastEpoch)
            }
            throw HistoryError.outOfOrder(refused.stream, sequence: refused.position.sequence, last: lastSequence)
        case .failed(let index, let message):
            throw RedisError.refused(command: "XADD to \(names.logKey(publication(index).stream))", message: message)
        }
    }
}
