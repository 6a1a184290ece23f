import Core
import Logging
import NIOCore
import Platform
import Stores

/// A history in Redis: a Redis stream for each stream, with the publication's record in the field `p` of the entry
/// `<sequence>-0`.
///
/// A log holds at least the retention's entries, where so many were appended, and up to a hundred more: Redis trims in
/// blocks. It is forgotten between once the idle expiry and an eighth more after its last append; where the stream
/// stood then is known for the head expiry.
package final class RedisHistory: History {
    /// How often a log is read that others replace meanwhile.
    private static let attempts = 5
    static let repair = "no publication has such a number; delete the key, it is not Tidegate's"

    private let client: RedisClient
    private let names: StoreNames
    private let writer: RedisLogWriter
    private let logger: RateLimitedLogger

    /// `client` may be shared with an outlet on the same server; `close` closes it.
    package init(
        _ client: RedisClient,
        names: StoreNames,
        retention: Retention,
        writing wire: WireVersion = .one,
        logger: Logger
    ) {
        self.client = client
        self.names = names
        self.logger = RateLimitedLogger(logger)
        writer = RedisLogWriter(client, names: names, retention: retention, writing: wire, publishes: false)
    }

    package func append(_ batch: [Publication]) async throws { try await writer.append(batch) }

    package func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice {
        for attempt in 1...Self.attempts {
            let reading = try await reading(stream, from: sequence, limit: limit)
            guard let bounds = reading.bounds(isRepeated: attempt > 1) else { continue }
            return HistorySlice(
                entries: reading.entries.compactMap { publication($0, of: stream) },
                oldest: bounds.oldest,
                latest: bounds.latest
            )
        }
        throw RedisError.unsettled(key: names.logKey(stream), attempts: Self.attempts)
    }

    package var status: StoreStatus { client.status }

    package var reconnects: Int { client.reconnects }

    package func close() async { await client.close() }

    private func reading(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> LogReading {
        let key = names.logKey(stream)
        // The head comes first: what is appended in between must not be passed over as what was there before.
        var commands = [
            RedisCommand("GET", names.headKey(stream)),
            RedisCommand("XRANGE", key, "-", "+", "COUNT", "1"),
            RedisCommand("XREVRANGE", key, "+", "-", "COUNT", "1"),
        ]
        if limit > 0 { commands.append(RedisCommand("XRANGE", key, "\(sequence)", "+", "COUNT", "\(limit)")) }
        var ranges: [[LogEntry]] = []
        let replies = try await client.submit(RedisBatch(commands)).get()
        for reply in replies {
            guard case .error(let message) = reply else { continue }
            // Another's key is in the log's place, or in the head's.
            if message.hasPrefix("WRONGTYPE") { throw HistoryError.unusable([stream: "\(key): \(message)"]) }
            throw RedisError.refused(command: "XRANGE", message: message)
        }
        guard replies.count == commands.count, let first = replies.first else {
            throw RedisError.unexpectedReply(command: "XRANGE", kind: "nothing")
        }
        for reply in replies.dropFirst() {
            guard let range = reply.array else {
                throw RedisError.unexpectedReply(command: "XRANGE", kind: reply.kindName)
            }
            ranges.append(range.compactMap { entry($0, of: stream) })
        }
        // No publication can follow on it.
        if let last = ranges[1].first, !last.isPossible {
            throw HistoryError.unusable([stream: "\(key) ends with \(last.id): \(Self.repair)"])
        }
        return LogReading(
            sequence: sequence,
            limit: limit,
            oldest: ranges[0].first,
            latest: ranges[1].first,
            entries: limit > 0 ? ranges[2] : [],
            head: LogHead(first)?.position
        )
    }

    private func entry(_ reply: RESPValue, of stream: StreamName) -> LogEntry? {
        do throws(LogEntry.Failure) {
            return try LogEntry(reply, of: stream)
        } catch {
            leaveOut(stream, id: "unknown", error)
            return nil
        }
    }

    private func publication(_ entry: LogEntry, of stream: StreamName) -> Publication? {
        switch entry.publication {
        case .success(let publication): return publication
        case .failure(let failure):
            leaveOut(stream, id: entry.id, failure)
            return nil
        }
    }

    private func leaveOut(_ stream: StreamName, id: String, _ failure: LogEntry.Failure) {
        logger.log(
            .warning,
            key: "unreadable entry",
            "left out an entry of a log that can't be read",
            metadata: [
                "stream": "\(stream)", "key": "\(names.logKey(stream))", "id": "\(id)", "reason": "\(failure)",
            ]
        )
    }
}
