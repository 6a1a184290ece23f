import Core
import Stores

/// What a writer knows of the streams that it writes: their names in Redis, and when their expiry was last set. A value
/// without a clock of its own.
///
/// Bounded by what is written within one idle expiry: streams that were not written for so long are forgotten.
struct LogStreams {
    struct Entry {
        let key: String
        let headKey: String
        let channel: String
        let bound: Int
        fileprivate(set) var lastWritten: ContinuousClock.Instant
        fileprivate var expirySet: ContinuousClock.Instant?
        /// The part that it was last in, and its number there.
        fileprivate var part = 0
        fileprivate var number = 0
    }

    private let names: StoreNames
    private let retention: Retention
    private var indices: [StreamName: Int] = [:]
    private(set) var entries: [Entry] = []
    private var part = 0
    private var nextSweep: ContinuousClock.Instant?

    init(names: StoreNames, retention: Retention) {
        self.names = names
        self.retention = retention
    }

    /// Set this often, the expiry need not be sent with each record.
    private var refresh: Duration { retention.idleExpiry / 8 }

    /// What Redis is told: no stream is forgotten before the retention's time, as late as its expiry may have been set.
    var expiryMilliseconds: Int { Int((retention.idleExpiry + refresh) / .milliseconds(1)) }

    /// A head outlives the log.
    var headExpiryMilliseconds: Int { max(expiryMilliseconds, Int(retention.headExpiry / .milliseconds(1))) }

    /// Streams are numbered anew from here on. Indices that were given before are void.
    mutating func beginPart(at now: ContinuousClock.Instant) {
        part += 1
        if let nextSweep, now < nextSweep { return }
        nextSweep = now + retention.idleExpiry
        let oldest = now - retention.idleExpiry
        entries.removeAll { $0.lastWritten < oldest }
        guard entries.count < indices.count else { return }
        let keys = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
        indices = Dictionary(
            uniqueKeysWithValues: indices.keys.compactMap { stream in
                keys[names.logKey(stream)].map { (stream, $0) }
            }
        )
    }

    /// The stream's number in this part, which is `next` where it is new in it, and its index in `entries`.
    mutating func number(of stream: StreamName, next: Int, at now: ContinuousClock.Instant) -> (number: Int, index: Int)
    {
        let index = indices[stream] ?? add(stream, at: now)
        entries[index].lastWritten = now
        if entries[index].part != part {
            entries[index].part = part
            entries[index].number = next
        }
        return (entries[index].number, index)
    }

    func needsExpiry(_ index: Int, at now: ContinuousClock.Instant) -> Bool {
        entries[index].expirySet.map { $0 + refresh <= now } ?? true
    }

    /// Redis has set the expiry of these streams, no earlier than `instant`.
    mutating func expirySet(of streams: [StreamName], at instant: ContinuousClock.Instant) {
        for stream in streams { if let index = indices[stream] { entries[index].expirySet = instant } }
    }

    mutating func forgetExpiry(of stream: StreamName) {
        if let index = indices[stream] { entries[index].expirySet = nil }
    }

    /// Redis has lost what it had.
    mutating func forgetExpiries() {
        for index in entries.indices { entries[index].expirySet = nil }
    }

    private mutating func add(_ stream: StreamName, at now: ContinuousClock.Instant) -> Int {
        entries.append(
            Entry(
                key: names.logKey(stream),
                headKey: names.headKey(stream),
                channel: names.channel(stream),
                bound: retention.entries(of: stream),
                lastWritten: now
            )
        )
        indices[stream] = entries.count - 1
        return entries.count - 1
    }
}
