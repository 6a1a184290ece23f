import NIOCore

/// Appends publications to the logs of their streams, and publishes them, as one step: no other command comes between,
/// so the order of a log is the order of its channel.
///
/// ```
/// KEYS  the term; then a log for each stream
/// ARGV  epoch, expiry in ms, 1 to publish;
///       for each stream: its bound, 1 to set its expiry, its channel;
///       for each publication: number of its stream (from 1), id ('' where it is not kept), record
/// ```
/// Answers one of
/// ```
/// kept, 0 or 1: no term was stored   (then every stream here got its expiry)
/// fenced, term                       another has written with a higher term; nothing was done
/// order, n, id, epoch                publication n (from 0) is not behind the log's last entry, which is of another
///                                    epoch (8 bytes, as in the record); nothing from n on was done
/// failed, n, message                 XADD refused publication n; nothing from n on was done
/// ```
/// Terms and ids are compared as text and bytes: a number in Lua has 53 bits. What the log has already under the same
/// epoch is passed over and not published again, so that a call whose answer was lost can be repeated.
enum LogScript {
    static let script = RedisScript(
        """
        local epoch, expiry, publishes = ARGV[1], ARGV[2], ARGV[3] == '1'
        local term = redis.call('GET', KEYS[1])
        if term ~= epoch then
          if term and (#term > #epoch or (#term == #epoch and term > epoch)) then return {'fenced', term} end
          redis.call('SET', KEYS[1], epoch)
        end
        local streams = #KEYS - 1
        local bounds, expires, channels = {}, {}, {}
        for s = 1, streams do
          bounds[s] = ARGV[1 + 3 * s]
          expires[s] = not term or ARGV[2 + 3 * s] == '1'
          channels[s] = ARGV[3 + 3 * s]
        end
        local first = 4 + 3 * streams
        for i = first, #ARGV, 3 do
          local s, id, record = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
          local key = KEYS[s + 1]
          local news = true
          if id ~= '' then
            local added = redis.pcall('XADD', key, 'MAXLEN', '~', bounds[s], id, 'p', record)
            if type(added) == 'table' and added.err then
              local last
              if string.find(added.err, 'equal or smaller', 1, true) then
                last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
              end
              if not last then return {'failed', (i - first) / 3, added.err} end
              local theirs = string.sub(last[2][2], 9, 16)
              if theirs ~= string.sub(record, 9, 16) then return {'order', (i - first) / 3, last[1], theirs} end
              news = false
            elseif expires[s] then
              redis.call('PEXPIRE', key, expiry)
              expires[s] = false
            end
          end
          if news and publishes then redis.call('PUBLISH', channels[s], record) end
        end
        return {'kept', term and 0 or 1}
        """
    )

    /// What a call answered.
    enum Answer: Hashable {
        case kept(termWasMissing: Bool)
        case fenced(current: UInt64)
        case outOfOrder(index: Int, lastSequence: UInt64, lastEpoch: UInt64?)
        case failed(index: Int, message: String)

        /// Nil for what the script never answers.
        init?(_ reply: RESPValue) {
            guard let elements = reply.array, let word = elements.first?.text, elements.count >= 2 else { return nil }
            switch (word, elements.count) {
            case ("kept", 2): self = .kept(termWasMissing: elements[1].integer == 1)
            case ("fenced", 2):
                // A term that is no number of ours is a term all the same.
                self = .fenced(current: elements[1].text.flatMap { UInt64($0) } ?? .max)
            case ("order", 4):
                guard let index = elements[1].integer, let id = elements[2].text.flatMap(LogEntry.sequence(ofID:))
                else {
                    return nil
                }
                let epoch: UInt64? = elements[3].bytes.flatMap { $0.getInteger(at: $0.readerIndex) }
                self = .outOfOrder(index: Int(index), lastSequence: id, lastEpoch: epoch)
            case ("failed", 3):
                guard let index = elements[1].integer, let message = elements[2].text else { return nil }
                self = .failed(index: Int(index), message: message)
            default: return nil
            }
        }
    }
}
