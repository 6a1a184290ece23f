import DequeModule

/// The places that connections have on this node, where those of all nodes are counted in a store: which of them the store has
/// yet to be told of, and whether it is asked at all. Pure; times are passed in.
///
/// Who comes is counted here first: whoever has as many on this node alone as it may have is refused without a question. Then
/// the store is asked. Where it does not answer, or so slowly that leases begin to end, this count is all there is, and nobody
/// asks. When the store answers again it is asked for whoever comes from then on, and told of every place that it may not know:
/// with the last of them all nodes are counted together again. Until then `isAlone` says so. Nobody is sent away for what was taken
/// meanwhile, though it may be more than one may have.
///
/// Bounds: an entry for each connection; of those that have left, up to `maximumLeaving` that the store has yet to be told of
/// (beyond that their lease ends by itself), what has come and gone within one `interval`, and while the node is alone as many
/// again as there are connections, and a batch.
struct SharedPlaces {
    typealias Instant = ContinuousClock.Instant

    /// Places that the store is told of in one call.
    static let batch = 500
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

    private enum Phase: Equatable {
        /// The store knows every place.
        case together
        /// It has not answered what it was asked at `lost`, for the first time at `since`.
        case alone(since: Instant, lost: Instant)
        /// It has answered what was asked at `back`, and is being told.
        case returning(since: Instant, back: Instant)
    }

    private let interval: Duration
    private var counts = HolderCounts()
    private var places: [UInt64: [ConnectionClaim.Holder]] = [:]
    /// Those that the store knows, by when it is to be told again. Some have left meanwhile.
    private var known: Deque<Entry> = []
    /// Those that it may not know, and some that have left. None while all nodes are counted together.
    private var unknown: Deque<UInt64> = []
    private var leaving: Deque<Place> = []
    /// How many have left in all, and of how many of them, in this order, the store was told, or will not be any more.
    private(set) var partings = 0
    private(set) var toldPartings = 0
    /// Places of those of them that it has yet to be told of.
    private var departing: [ConnectionClaim.Holder: Int] = [:]
    private var lastNumber: UInt64 = 0
    private var phase = Phase.together
    private var takenAlone = 0

    /// - Parameter interval: How long after the store was told of a place it is told again.
    init(interval: Duration) {
        self.interval = interval
    }

    /// Whether there may be places that only this node knows of.
    var isAlone: Bool { phase != .together }

    /// Whether the store does not answer.
    var isCutOff: Bool { if case .alone = phase { true } else { false } }

    /// Users and keys that have connections here.
    var holders: Int { counts.holders }

    /// Whether the store may still count one of a holder that has left.
    func isDeparting(_ holder: ConnectionClaim.Holder) -> Bool { departing[holder] != nil }

    /// What is kept of places that the store may not know.
    var remembered: Int { unknown.count + leaving.count }

    // MARK: Who comes and goes

    /// Nil where the store is to be asked.
    mutating func takeAtOnce(_ claims: [ConnectionClaim]) -> Taking? {
        if let full = counts.full(claims) { return .full(full) }
        guard isCutOff else { return nil }
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
        switch phase {
        case .together: remember(number, asked)
        case .returning(_, let back) where asked >= back: remember(number, asked)
        // What it was told before it was lost it may have lost too.
        case .alone, .returning: forget(number)
        }
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
        guard leaving.count < Self.maximumLeaving else { return }
        leaving.append(Place(number: number, holders: holders))
        partings += 1
        for holder in holders { departing[holder, default: 0] += 1 }
    }

    // MARK: What the store is told

    /// How late the store is told of a place: where that is an `interval`, the next is the last before its lease ends.
    func delay(at now: Instant) -> Duration { known.first.map { max(.zero, now - $0.due) } ?? .zero }

    /// It answers too slowly for what it is to be told: leases begin to end.
    mutating func fallBehind(at now: Instant) -> Change? { delay(at: now) >= interval ? lose(at: now) : nil }

    /// Nil where there is nothing to tell now.
    mutating func next(at now: Instant) -> Work? {
        var work = Work()
        work.isProbe = isCutOff
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
        for place in work.leaving { part(from: place) }
        if case .alone(let since, let lost) = phase {
            // The answer of a store that may have lost everything since.
            guard asked >= lost else {
                for place in work.renewals { forget(place.number) }
                return nil
            }
            phase = .returning(since: since, back: asked)
        }
        for place in work.renewals { remember(place.number, asked) }
        guard case .returning(let since, _) = phase, unknown.isEmpty else { return nil }
        phase = .together
        return .back(after: now - since, takenAlone: takenAlone)
    }

    /// It may have been told, or not.
    mutating func notTold(_ work: Work, at now: Instant) -> Change? {
        let change = lose(at: now)
        for place in work.renewals { forget(place.number) }
        for place in work.leaving.reversed() {
            if leaving.count < Self.maximumLeaving { leaving.prepend(place) } else { part(from: place) }
        }
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

    /// The store does not count it any more, or only until its lease is over.
    private mutating func part(from place: Place) {
        toldPartings += 1
        for holder in place.holders {
            guard let count = departing[holder] else { continue }
            departing[holder] = count > 1 ? count - 1 : nil
        }
    }

    private mutating func keepAlone(_ number: UInt64) {
        takenAlone += 1
        forget(number)
    }

    /// The store may not know of it. Those that have left since make room, seldom enough to cost little each.
    private mutating func forget(_ number: UInt64) {
        unknown.append(number)
        if unknown.count > 2 * places.count + Self.batch { unknown.removeAll { places[$0] == nil } }
    }

    private mutating func remember(_ number: UInt64, _ asked: Instant) {
        known.append(Entry(number: number, due: asked + interval))
    }

    /// All of them are to be told again: the store may have lost everything.
    private mutating func lose(at now: Instant) -> Change? {
        for entry in known where places[entry.number] != nil { unknown.append(entry.number) }
        known = []
        switch phase {
        case .together:
            phase = .alone(since: now, lost: now)
            takenAlone = 0
            return .lost
        case .alone(let since, _), .returning(let since, _):
            phase = .alone(since: since, lost: now)
            return nil
        }
    }

    private mutating func nextToRenew(at now: Instant) -> UInt64? {
        // Those whose lease would end first.
        if let entry = known.first, entry.due <= now {
            known.removeFirst()
            return entry.number
        }
        return unknown.popFirst()
    }
}
