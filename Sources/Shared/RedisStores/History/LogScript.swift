import NIOCore

/// Appends publications to the logs of their streams, and publishes them, as one step: no other command comes between,
/// so the order of a log is the order of its channel.
///
/// ```
/// KEYS  the term; then for each stream its log and its head
/// ARGV  epoch, expiry in ms, 1 to publish, expiry of heads in ms;
///       for each stream: its bound, 1 to set its expiry, its channel;
///       for each publication: number of its stream (from 1), id ('' where it is not kept), record
/// ```
/// Answers one of
/// ```
/// kept, 0 or 1: no term was stored   (then every stream here got its expiry)
///   and for each stream whose log could not be appended to: n, message
///                                    its publications from n (from 0) on were neither kept nor published; the others were
/// fenced, term                       another has written with a higher term; nothing was done
/// order, n, id, epoch                publication n is not behind the log's last entry, which is of another epoch (8 bytes,
///                                    as in the record; '' where the log was emptied); nothing from n on was done
/// an error                           Redis refused for another reason than one key; what comes first may have been done
/// ```
/// Terms and ids are compared as text and bytes: a number in Lua has 53 bits. What the log has already under the same
/// epoch is passed over and not published again, so that a call whose answer was lost can be repeated.
///
/// The head says where a stream stands when its log is gone: one SET for each stream of the call, however many
/// publications it has.
enum LogScript {
    static let script = RedisScript(
        """
        local epoch, expiry, publishes, headExpiry = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[4]
        local term = redis.call('GET', KEYS[1])
        if term ~= epoch then
          if term and (#term > #epoch or (#term == #epoch and term > epoch)) then return {'fenced', term} end
          redis.call('SET', KEYS[1], epoch)
        end
        local streams = (#KEYS - 1) / 2
        local bounds, expires, channels, heads, refused, answer = {}, {}, {}, {}, {}, {'kept', term and 0 or 1}
        for s = 1, streams do
          bounds[s] = ARGV[2 + 3 * s]
          expires[s] = not term or ARGV[3 + 3 * s] == '1'
          channels[s] = ARGV[4 + 3 * s]
        end
        local function done(reply)
          for s = 1, streams do
            if heads[s] then
              local head = epoch .. ' ' .. string.sub(heads[s], 1, -3)
              redis.call('SET', KEYS[2 * s + 1], head, 'PX', headExpiry)
            end
          end
          return reply
        end
        local first = 5 + 3 * streams
        for i = first, #ARGV, 3 do
          local s, id, record = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
          local key = KEYS[2 * s]
          local news = id == '' or not refused[s]
          if id ~= '' and news then
            local added = redis.pcall('XADD', key, 'MAXLEN', '~', bounds[s], id, 'p', record)
            if type(added) == 'table' and added.err then
              local n, last = (i - first) / 3
              if string.find(added.err, 'equal or smaller', 1, true) then
                last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
                if not last then
                  local info = redis.call('XINFO', 'STREAM', key)
                  for f = 1, #info, 2 do
                    if info[f] == 'last-generated-id' then return done({'order', n, info[f + 1], ''}) end
                  end
                end
              end
              if last then
                local theirs = string.sub(last[2][2], 9, 16)
                if theirs ~= string.sub(record, 9, 16) then return done({'order', n, last[1], theirs}) end
              elseif string.find(added.err, 'WRONGTYPE', 1, true) or string.find(added.err, ' ID', 1, true) then
                refused[s] = true
                answer[#answer + 1] = n
                answer[#answer + 1] = added.err
              else
                return done(added)
              end
              news = false
            else
              heads[s] = id
              if expires[s] then
                redis.call('PEXPIRE', key, expiry)
                expires[s] = false
              end
            end
          end
          if news and publishes then redis.call('PUBLISH', channels[s], record) end
        end
        return done(answer)
        """
    )

    /// The first publication of a stream whose log could not be appended to.
    struct Refusal: Hashable {
        let index: Int
        let message: String
    }

    /// What a call answered.
    enum Answer: Hashable {
        case kept(termWasMissing: Bool, refusals: [Refusal] = [])
        case fenced(current: UInt64)
        case outOfOrder(index: Int, lastSequence: UInt64, lastEpoch: UInt64?)

        /// Nil for what the script never answers.
        init?(_ reply: RESPValue) {
            guard let elements = reply.array, let word = elements.first?.text, elements.count >= 2 else { return nil }
            switch (word, elements.count) {
            case ("kept", _):
                let refusals = stride(from: 2, to: elements.count - 1, by: 2).compactMap { at -> Refusal? in
                    guard let index = elements[at].integer, index >= 0, let message = elements[at + 1].text else {
                        return nil
                    }
                    return Refusal(index: Int(index), message: message)
                }
                guard elements.count == 2 + 2 * refusals.count else { return nil }
                self = .kept(termWasMissing: elements[1].integer == 1, refusals: refusals)
            case ("fenced", 2):
                // A term that is no number of ours is a term all the same.
                self = .fenced(current: elements[1].text.flatMap { UInt64($0) } ?? .max)
            case ("order", 4):
                guard let index = elements[1].integer, index >= 0,
                    let id = elements[2].text.flatMap(LogEntry.sequence(ofID:))
                else {
                    return nil
                }
                let epoch: UInt64? = elements[3].bytes.flatMap { $0.getInteger(at: $0.readerIndex) }
                self = .outOfOrder(index: Int(index), lastSequence: id, lastEpoch: epoch)
            default: return nil
            }
        }
    }
}
