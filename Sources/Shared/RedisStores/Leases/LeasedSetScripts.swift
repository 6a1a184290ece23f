/// What is done to leased sets, each as one step in Redis. Each set is a sorted set, scored by when a member's lease is over in
/// ms by Redis's clock, and expires with its last member.
///
/// ```
/// KEYS  the sets
/// ARGV  for `join`: the lease in ms, the member, and for each set how many it may have
///       for `renew`: the lease in ms; for each membership: number of its set (from 1), the member
///       for `leave`: for each membership: number of its set (from 1), the member
///       for `members`: how many at most
/// ```
enum LeasedSetScripts {
    /// A time in ms has 13 digits, which a number in Lua holds exactly.
    private static let clock = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        """

    /// A member with a longer lease must not go with the set: so that one's time is only ever made longer.
    private static let keep = """
        local lease = tonumber(ARGV[1])
        local function keep(key)
          if redis.call('PTTL', key) < lease then redis.call('PEXPIRE', key, lease) end
        end

        """

    /// 0 where the member has joined all of them; else the number of the first that is full, and nothing was added.
    static let join = RedisScript(
        clock + keep + """
            for s = 1, #KEYS do
              redis.call('ZREMRANGEBYSCORE', KEYS[s], '-inf', now)
              if not redis.call('ZSCORE', KEYS[s], ARGV[2])
                and redis.call('ZCARD', KEYS[s]) >= tonumber(ARGV[2 + s]) then return s end
            end
            for s = 1, #KEYS do
              redis.call('ZADD', KEYS[s], now + lease, ARGV[2])
              keep(KEYS[s])
            end
            return 0
            """
    )

    static let renew = RedisScript(
        clock + keep + """
            for i = 2, #ARGV, 2 do
              redis.call('ZADD', KEYS[tonumber(ARGV[i])], now + lease, ARGV[i + 1])
            end
            for s = 1, #KEYS do
              redis.call('ZREMRANGEBYSCORE', KEYS[s], '-inf', now)
              keep(KEYS[s])
            end
            return #KEYS
            """
    )

    static let leave = RedisScript(
        """
        for i = 1, #ARGV, 2 do redis.call('ZREM', KEYS[tonumber(ARGV[i])], ARGV[i + 1]) end
        return #KEYS
        """
    )

    static let members = RedisScript(
        clock + """
            local after = '(' .. string.format('%.0f', now)
            return redis.call('ZRANGEBYSCORE', KEYS[1], after, '+inf', 'LIMIT', 0, ARGV[1])
            """
    )
}
