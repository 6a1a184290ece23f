import DequeModule

/// The places that connections have on this node, where those of all nodes are counted in a store: which of them the store has
/// yet to be told of, and whether it is asked at all. Pure; times are passed in.
///
/// Who comes is counted here first: whoever has as many on this node alone as it may have is refused without a question. Then
/// the store is asked. Where it does not answer, this count is all there is (`isAlone`), and nobody asks for as long as that
/// goes on. It is over when the store has been told of every place again: so what was taken meanwhile counts everywhere.
/// Nobody is sent away for what was taken meanwhile, though it may be more than one may have.
///
/// Bounds: an entry for each connection; of those that have left, up to `maximumLeaving` that the store has yet to be told of
/// (beyond that their lease ends by itself), and what has come and gone within one `interval`.
struct SharedPlaces {
    typealias Instant = ContinuousClock.Instant

    /// Places that the store is told of in one call.
    static let batch = 250
    static let maximumLeaving = 65_536

    /// One connection's: its number, and whose it is.
    struct Place: Sendable, Equatable {
        let number: UInt64
        let holders: [ConnectionClaim.Holder]
    }

    enum Taking: Sendable, Equatable {
        case full(ConnectionClaim)
        /// The place is held while the store is asked: one of `joined`, `refused` and `failed` follows.
        case ask(UInt64)
        /// By this node's count alone.
        case taken(UInt64)
    }

    /// What the store is to be told in one go. `told` or `notTold` follows.
    struct Work: Sendable, Equatable {
        var leaving: [Place] = []
        var renewals: [Place] = []
        /// Whether it answers at all is to be found out, also where there is nothing to tell.
        var isProbe = false
    }

    enum Change: Sendable, Equatable {
        /// From now on the node counts alone.
        case lost
        /// All nodes are counted together again.
        case back(after: Duration, takenAlone: Int)
    }

    private struct Entry {
        let number: UInt64
        let due: Instant
    }

    private let interval: Duration
    private var counts = HolderCounts()
    private var places: [UInt64: [ConnectionClaim.Holder]] = [:]
    /// Those that the store knows, by when it is to be told again. Some have left meanwhile.
    private var known: Deque<Entry> = []
    /// Those that it may not know. None but while the node counts alone.
    private var unknown: Deque<UInt64> = []
    private var leaving: Deque<Place> = []
    private var lastNumber: UInt64 = 0
    private var aloneSince: Instant?
    private var takenAlone = 0

    /// - Parameter interval: How long after the store was told of a place it is told again.
    init(interval: Duration) {
        self.interval = interval
    }

    var isAlone: Bool { aloneSince != nil }

    /// Users and keys that have connections here.
    var holders: Int { counts.holders }

    // MARK: Who comes and goes

    /// Nil where the store is to be asked.
    mutating func takeAtOnce(_ claims: [ConnectionClaim]) -> Taking? {
        if let full = counts.full(claims) { return .full(full) }
        guard isAlone else { return nil }
        let number = hold(claims)
        keepAlone(number)
        return .taken(number)
    }

    mutating func take(_ claims: [ConnectionClaim]) -> Taking {
        if let taking = takeAtOnce(claims) { return taking }
        return .ask(hold(claims))
    }

    /// - Parameter asked: When the store was asked.
    mutating func joined(_ number: UInt64, asked: Instant) {
        // What it was told before it was lost it may have lost too.
        if isAlone { unknown.append(number) } else { remember(number, asked) }
    }

    /// There is no place for it on all nodes together.
    mutating func refused(_ number: UInt64) {
        if let holders = places.removeValue(forKey: number) { counts.give(holders) }
    }

    /// The store has not answered: the place is taken by this node's count.
    mutating func failed(_ number: UInt64, at now: Instant) -> Change? {
        let change = lose(at: now)
        keepAlone(number)
        return change
    }

    mutating func free(_ number: UInt64) {
        guard let holders = places.removeValue(forKey: number) else { return }
        counts.give(holders)
        if leaving.count < Self.maximumLeaving { leaving.append(Place(number: number, holders: holders)) }
    }

    // MARK: What the store is told

    /// Nil where there is nothing to tell now.
    mutating func next(at now: Instant) -> Work? {
        var work = Work(isProbe: isAlone)
        while work.leaving.count < Self.batch, let place = leaving.popFirst() { work.leaving.append(place) }
        // Those that have left are passed over, but not so many of them at a time that others wait for the lock.
        var steps = 0
        while steps < 2 * Self.batch, work.renewals.count < Self.batch, let number = nextToRenew(at: now) {
            steps += 1
            if let holders = places[number] { work.renewals.append(Place(number: number, holders: holders)) }
        }
        return work.leaving.isEmpty && steps == 0 && !work.isProbe ? nil : work
    }

    /// - Parameter asked: When that was sent.
    mutating func told(_ work: Work, asked: Instant, at now: Instant) -> Change? {
        for place in work.renewals { remember(place.number, asked) }
        guard let since = aloneSince, unknown.isEmpty else { return nil }
        aloneSince = nil
        return .back(after: now - since, takenAlone: takenAlone)
    }

    /// It may have been told, or not.
    mutating func notTold(_ work: Work, at now: Instant) -> Change? {
        let change = lose(at: now)
        for place in work.renewals.reversed() { unknown.prepend(place.number) }
        for place in work.leaving.reversed() where leaving.count < Self.maximumLeaving { leaving.prepend(place) }
        return change
    }

    /// Places that the store is told to give up, since the node ends: empty when there are no more.
    mutating func nextToGiveUp() -> [Place] {
        var batch: [Place] = []
        while batch.count < Self.batch, let place = leaving.popFirst() { batch.append(place) }
        unknown.append(contentsOf: known.lazy.map(\.number))
        known = []
        while batch.count < Self.batch, let number = unknown.popFirst() {
            if let holders = places[number] { batch.append(Place(number: number, holders: holders)) }
        }
        return batch
    }

    // MARK: -

    private mutating func hold(_ claims: [ConnectionClaim]) -> UInt64 {
        counts.take(claims)
        lastNumber += 1
        places[lastNumber] = claims.map(\.holder)
        return lastNumber
    }

    private mutating func keepAlone(_ number: UInt64) {
        takenAlone += 1
        unknown.append(number)
    }

    private mutating func remember(_ number: UInt64, _ asked: Instant) {
        known.append(Entry(number: number, due: asked + interval))
    }

    /// All of them are to be told again: the store may have lost everything.
    private mutating func lose(at now: Instant) -> Change? {
        guard !isAlone else { return nil }
        aloneSince = now
        takenAlone = 0
        unknown.append(contentsOf: known.lazy.map(\.number))
        known = []
        return .lost
    }

    private mutating func nextToRenew(at now: Instant) -> UInt64? {
        if let number = unknown.popFirst() { return number }
        guard let entry = known.first, entry.due <= now else { return nil }
        known.removeFirst()
        return entry.number
    }
}
