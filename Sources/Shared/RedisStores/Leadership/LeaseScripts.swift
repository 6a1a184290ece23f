/// What is done to the leader's lease and the term, each as one step in Redis.
///
/// ```
/// KEYS  the lease; for `acquire` the term as well
/// ARGV  the holder's own name; the lease's time in ms, except for `resign`; for `acquire` the time in ms by Redis's clock
///       after which nobody waits for the answer any more, or '', and the name under which the caller led last, or ''
/// ```
enum LeaseScripts {
    /// Redis's clock in ms; then, where another does not hold the lease, the new term and the one before ('' for none), all as
    /// text. Who holds it already, since an answer was lost, gets a
    /// new term.
    ///
    /// The term is one more than the last, and no less than Redis's clock in ms: so it rises also where Redis has lost
    /// what it had. Numbers are kept as text, since a number in Lua has 53 bits. A call that Redis carries out when its caller
    /// has long given up (Redis was stopped) must not give the lease to somebody who does not know it.
    static let acquire = RedisScript(
        """
        local time = redis.call('TIME')
        local now = time[1] .. string.format('%03d', math.floor(time[2] / 1000))
        if ARGV[3] ~= '' and tonumber(now) > tonumber(ARGV[3]) then return {now} end
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] and holder ~= ARGV[4] then return {now} end
        local before = redis.call('GET', KEYS[2]) or ''
        redis.call('INCR', KEYS[2])
        local term = redis.call('GET', KEYS[2])
        if #term < #now or (#term == #now and term < now) then
          term = now
          redis.call('SET', KEYS[2], term)
        end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return {now, term, before}
        """
    )

    /// 1 where it is ours and was renewed; 0 where it is nobody's; 2 where another holds it.
    static let renew = RedisScript(
        """
        local holder = redis.call('GET', KEYS[1])
        if not holder then return 0 end
        if holder ~= ARGV[1] then return 2 end
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 1
        """
    )

    static let resign = RedisScript(
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
        return 0
        """
    )
}
