import Logging
import NIOCore

/// A history in Redis: a Redis stream for each stream, with the publication's record in the field `p` of the entry
/// `<sequence>-0`.
///
/// A log holds at least the retention's entries, where so many were appended, and up to a hundred more: Redis trims in
/// blocks. It is forgotten between once the idle expiry and an eighth more after its last append.
package final class RedisHistory: History {
    private let client: RedisClient
    private let names: StoreNames
    private let writer: RedisLogWriter
    private let logger: RateLimitedLogger

    /// `client` may be shared with an outlet on the same server; `close` closes it.
    package init(_ client: RedisClient, names: StoreNames, retention: Retention, logger: Logger) {
        self.client = client
        self.names = names
        self.logger = RateLimitedLogger(logger)
        writer = RedisLogWriter(client, names: names, retention: retention, publishes: false)
    }

    package func append(_ batch: [Publication]) async throws { try await writer.append(batch) }

    package func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice {
        let key = names.logKey(stream)
        // One transaction: the bounds are those of the very log that the entries are of.
        var commands = [
            RedisCommand("MULTI"),
            RedisCommand("XRANGE", key, "-", "+", "COUNT", "1"),
            RedisCommand("XREVRANGE", key, "+", "-", "COUNT", "1"),
        ]
        if limit > 0 { commands.append(RedisCommand("XRANGE", key, "\(sequence)", "+", "COUNT", "\(limit)")) }
        commands.append(RedisCommand("EXEC"))
        let replies = try await client.submit(RedisBatch(commands)).get()
        let ranges = try Self.ranges(replies, count: commands.count - 2)
        return HistorySlice(
            entries: limit > 0 ? ranges[2].compactMap { publication($0, of: stream) } : [],
            oldest: ranges[0].first.flatMap { entry($0, of: stream) }?.position,
            latest: ranges[1].first.flatMap { entry($0, of: stream) }?.position
        )
    }

    package var status: StoreStatus { client.status }

    package func close() async { await client.close() }

    private static func ranges(_ replies: [RESPValue], count: Int) throws(RedisError) -> [[RESPValue]] {
        for reply in replies {
            if case .error(let message) = reply { throw .refused(command: "XRANGE", message: message) }
        }
        guard let results = replies.last?.array, results.count == count else {
            throw .unexpectedReply(command: "EXEC", kind: replies.last?.kindName ?? "nothing")
        }
        var ranges: [[RESPValue]] = []
        for result in results {
            if case .error(let message) = result { throw .refused(command: "XRANGE", message: message) }
            guard let range = result.array else {
                throw .unexpectedReply(command: "XRANGE", kind: result.kindName)
            }
            ranges.append(range)
        }
        return ranges
    }

    private func entry(_ reply: RESPValue, of stream: StreamName) -> LogEntry? {
        do throws(LogEntry.Failure) {
            return try LogEntry(reply, of: stream)
        } catch {
            leaveOut(stream, id: "unknown", error)
            return nil
        }
    }

    private func publication(_ reply: RESPValue, of stream: StreamName) -> Publication? {
        guard let entry = entry(reply, of: stream) else { return nil }
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
            metadata: ["key": "\(names.logKey(stream))", "id": "\(id)", "reason": "\(failure)"]
        )
    }
}
