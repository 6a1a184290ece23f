import Logging
import Stores
import Synchronization
import TestSupport
import Testing

@testable import EdgeNode

@Suite("Several nodes count the connections of a user together", .timeLimit(.minutes(5)))
struct SharedConnectionCountsTests {
    private static let ann = [ConnectionClaim(of: .user("ann"), limit: 1)]
    private let sets = WatchedSets()

    private func node() -> SharedConnectionCounts {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return SharedConnectionCounts(sets, lease: .milliseconds(240), logger: logger) { [sets] in sets.clock.now }
    }

    /// At most as long as the test may take.
    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test func oneHasAPlaceWhereAnotherHasLeft() async throws {
        let (one, two) = (node(), node())
        let running = Task { await one.run() }
        #expect(one.takeAtOnce(Self.ann)?.full == nil, "others are to be asked")
        let seat = try await one.seat(Self.ann)
        #expect(await two.take(Self.ann).full == Self.ann[0])
        // Its own count says so already.
        #expect(one.takeAtOnce(Self.ann)?.full == Self.ann[0])
        #expect(await two.take([ConnectionClaim(of: .key("ann"), limit: 1)]).seat != nil)
        seat.free()
        try await until { await two.take(Self.ann).seat != nil }
        #expect(one.report == ConnectionCountsReport(scope: .allNodes) && one.holders == 0)
        running.cancel()
        await running.value
    }

    @Test func allOrNothing() async throws {
        let (one, two) = (node(), node())
        let key = ConnectionClaim(of: .key("bot"), limit: 9)
        _ = try await one.seat(Self.ann)
        #expect(await two.take([key] + Self.ann).full == Self.ann[0])
        #expect(two.holders == 0)
        #expect(await two.take([ConnectionClaim(of: .key("bot"), limit: 1)]).seat != nil, "nothing is held of it")
    }

    /// It renews nothing, and says nothing.
    @Test func aDeadNodeLeaksNothingBeyondItsLease() async throws {
        let (dead, other) = (node(), node())
        _ = try await dead.seat(Self.ann)
        sets.clock.pass(.milliseconds(239))
        #expect(await other.take(Self.ann).full != nil)
        sets.clock.pass(.milliseconds(1))
        #expect(await other.take(Self.ann).seat != nil)
    }

    @Test func aNodeThatLivesKeepsItsPlaces() async throws {
        let (one, two) = (node(), node())
        let running = Task { await one.run() }
        _ = try await one.seat(Self.ann)
        for renewal in 1...6 {
            sets.clock.pass(.milliseconds(80))
            try await until { sets.renewals == renewal }
        }
        #expect(await two.take(Self.ann).full != nil)
        running.cancel()
        await running.value
        #expect(await two.take(Self.ann).seat != nil, "a node that ends gives its places up")
    }

    @Test func whereTheSetsCanNotBeHadEachNodeCountsAloneAndThenTellsTheOthers() async throws {
        let (one, two) = (node(), node())
        let running = Task { await one.run() }
        sets.isAway = true
        let seats = [try await one.seat(Self.ann), try await two.seat(Self.ann)]
        #expect(one.takeAtOnce(Self.ann)?.full == Self.ann[0])
        #expect(one.takeAtOnce([ConnectionClaim(of: .user("bob"), limit: 1)])?.seat != nil, "nobody is asked")
        #expect(one.report == ConnectionCountsReport(scope: .nodeForNow, takenAlone: 2))
        sets.isAway = false
        try await until { one.report.scope == .allNodes }
        // What was taken meanwhile counts everywhere, and nobody was sent away for it.
        let three = node()
        for user in ["ann", "bob"] {
            #expect(await three.take([ConnectionClaim(of: .user(user), limit: 1)]).full != nil)
        }
        #expect(one.report.takenAlone == 2)
        for seat in seats { seat.free() }
        running.cancel()
        await running.value
    }

    /// Though nobody has told the others yet.
    @Test func whoLeavesANodeAndComesBackToItFindsItsOwnPlaceFree() async throws {
        let one = node()
        let running = Task { await one.run() }
        // Two at a time: the second comes when the first has taken what was to be told.
        let two = [ConnectionClaim(of: .user("ann"), limit: 2)]
        var seats = [try await one.seat(two), try await one.seat(two)]
        for _ in 0..<50 {
            for seat in seats { seat.free() }
            async let first = one.take(two).seat
            async let second = one.take(two).seat
            seats = [try #require(await first), try #require(await second)]
        }
        running.cancel()
        await running.value
    }

    /// The one task has work without end then.
    @Test func aStoreThatIsTooSlowIsNoticedWhileItIsTold() async throws {
        let one = node()
        let many = [ConnectionClaim(of: .user("ann"), limit: .max)]
        for _ in 0..<(4 * SharedPlaces.batch) { _ = try await one.seat(many) }
        sets.clock.pass(.milliseconds(80))
        sets.renewalTime = .milliseconds(60)
        let running = Task { await one.run() }
        try await until { one.report.scope == .nodeForNow }
        running.cancel()
        await running.value
    }

    /// The process must end when its time is up, however many places it has.
    @Test func aNodeThatEndsGivesPlacesUpForASecondAtMost() async throws {
        let one = node()
        let many = [ConnectionClaim(of: .user("ann"), limit: .max)]
        for _ in 0..<(3 * SharedPlaces.batch) { _ = try await one.seat(many) }
        sets.slowness = .milliseconds(600)
        let running = Task { await one.run() }
        running.cancel()
        await running.value
        #expect(sets.partings == 2)
    }

    /// The answer was lost, and the place given up: it must not stay in the set.
    @Test func whoLeavesWhileTheSetsCanNotBeHadIsTakenOutLater() async throws {
        let one = node()
        let running = Task { await one.run() }
        sets.losesAnswers = true
        let seat = try await one.seat(Self.ann)
        seat.free()
        sets.losesAnswers = false
        try await until { one.report.scope == .allNodes }
        #expect(await node().take(Self.ann).seat != nil)
        running.cancel()
        await running.value
    }
}

extension SharedConnectionCounts {
    /// A place for these.
    fileprivate func seat(_ claims: [ConnectionClaim]) async throws -> any Seat {
        try #require(await take(claims).seat)
    }
}

extension ConnectionGrant {
    fileprivate var seat: (any Seat)? { if case .taken(let seat) = self { seat } else { nil } }
    fileprivate var full: ConnectionClaim? { if case .full(let claim) = self { claim } else { nil } }
}

/// Sets that can be away, and a clock for them.
private final class WatchedSets: LeasedSets {
    private struct Away: Error {}

    private struct State {
        var isAway = false
        var losesAnswers = false
        var renewals = 0
        var partings = 0
        var slowness = Duration.zero
        var renewalTime = Duration.zero
    }

    let clock: HandClock
    private let base: InProcessLeasedSets
    private let state = Mutex(State())

    init() {
        let clock = HandClock()
        self.clock = clock
        base = InProcessLeasedSets { clock.now }
    }

    var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    /// What is asked is done, and nobody hears it.
    var losesAnswers: Bool {
        get { state.withLock { $0.losesAnswers } }
        set { state.withLock { $0.losesAnswers = newValue } }
    }

    /// How long a parting takes, by the clock.
    var slowness: Duration {
        get { state.withLock { $0.slowness } }
        set { state.withLock { $0.slowness = newValue } }
    }

    /// How long a renewal takes, by the clock.
    var renewalTime: Duration {
        get { state.withLock { $0.renewalTime } }
        set { state.withLock { $0.renewalTime = newValue } }
    }

    /// Calls by which somebody has left.
    var partings: Int { state.withLock { $0.partings } }

    /// Calls that have renewed somebody.
    var renewals: Int { state.withLock { $0.renewals } }

    func join(_ sets: [LeasedSetBound], as member: String, for lease: Duration) async throws -> LeasedJoin {
        if isAway { throw Away() }
        let outcome = try await base.join(sets, as: member, for: lease)
        if losesAnswers { throw Away() }
        return outcome
    }

    func renew(_ memberships: [LeasedMembership], for lease: Duration) async throws {
        if isAway { throw Away() }
        // A real one is waited for: whoever renews without end leaves the thread to others.
        await Task.yield()
        try await base.renew(memberships, for: lease)
        clock.pass(renewalTime)
        if losesAnswers { throw Away() }
        if !memberships.isEmpty { state.withLock { $0.renewals += 1 } }
    }

    func leave(_ memberships: [LeasedMembership]) async throws {
        if isAway || losesAnswers { throw Away() }
        try await base.leave(memberships)
        clock.pass(slowness)
        state.withLock { $0.partings += 1 }
    }

    func members(of set: LeasedSetName, limit: Int) async throws -> [String] {
        try await base.members(of: set, limit: limit)
    }
}
