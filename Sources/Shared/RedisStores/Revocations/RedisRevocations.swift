import NIOCore
import Platform
import Stores

/// Revocations in one sorted set of Redis, by the time at which each is over. The set expires with its last one. Any thread.
///
/// Bounded by `maximum`: one more is refused in words, for to forget one would let somebody in.
package struct RedisRevocations: RevocationMemory {
    package static let maximum = 100_000

    /// ```
    /// KEYS  the set
    /// ARGV  the time now in ms, when it is over in ms, the revocation, and how many may be kept
    /// ```
    private static let remember = RedisScript(
        """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
        if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
          return redis.error_reply('ERR there are ' .. ARGV[4] .. ' revocations already, as many as are kept')
        end
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
        local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
        redis.call('PEXPIREAT', KEYS[1], last[2])
        return 1
        """
    )

    private let client: RedisClient
    private let key: String
    private let maximum: Int

    /// - Parameter client: The caller's to close.
    package init(_ client: RedisClient, names: StoreNames, maximum: Int = Self.maximum) {
        self.client = client
        self.key = names.revocationsKey
        self.maximum = maximum
    }

    package func remember(_ revocation: Revocation) async throws {
        var call = Self.remember.call(keys: [key])
        call.append(WallClock.milliseconds())
        call.append(revocation.until)
        call.append(revocation.encoded)
        call.append(maximum)
        _ = try await client.run(Self.remember, call)
    }

    /// What this release can't read is left out.
    package func remembered(at now: Int64) async throws -> [Revocation] {
        let reply = try await client.send(RedisCommand("ZRANGEBYSCORE", key, "(\(now)", "+inf"))
        guard let members = reply.array else {
            throw RedisError.unexpectedReply(command: "ZRANGEBYSCORE", kind: reply.kindName)
        }
        return members.compactMap { $0.bytes.flatMap(Revocation.init) }
    }
}
