import Testing

@testable import EdgeNode

@Suite("What a node knows of places that all nodes count together")
struct SharedPlacesTests {
    private static let ann = [ConnectionClaim(of: .user("ann"), limit: 2)]
    private static let bob = [ConnectionClaim(of: .user("bob"), limit: 2)]
    private let start = ContinuousClock.now
    private var places = SharedPlaces(interval: .seconds(5))

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// One whom the store has let in.
    private mutating func join(_ claims: [ConnectionClaim], at instant: ContinuousClock.Instant) throws -> UInt64 {
        guard case .ask(let number) = places.take(claims) else { throw NotAsked() }
        places.joined(number, asked: instant)
        return number
    }

    private mutating func nextWork(at instant: ContinuousClock.Instant) throws -> SharedPlaces.Work {
        guard let work = places.next(at: instant) else { throw NoWork() }
        return work
    }

    private struct NotAsked: Error {}
    private struct NoWork: Error {}

    private func place(_ number: UInt64, of user: String) -> SharedPlaces.Place {
        SharedPlaces.Place(number: number, holders: [.user(user)])
    }

    @Test mutating func theStoreIsAskedUnlessThisNodeAloneHasAsManyAsThereMayBe() throws {
        #expect(places.takeAtOnce(Self.ann) == nil)
        let first = try join(Self.ann, at: start)
        // Whoever is still being asked for is counted too.
        #expect(places.take(Self.ann) == .ask(2))
        #expect(places.takeAtOnce(Self.ann) == .full(Self.ann[0]))
        #expect(places.take(Self.ann) == .full(Self.ann[0]))
        #expect(places.take(Self.bob) == .ask(3))
        places.refused(2)
        #expect(places.takeAtOnce(Self.ann) == nil)
        places.free(first)
        places.refused(3)
        #expect(places.holders == 0)
    }

    @Test mutating func eachPlaceIsRenewedAtItsTimeUntilItIsGivenUp() throws {
        let first = try join(Self.ann, at: start)
        let second = try join(Self.bob, at: after(1))
        #expect(places.next(at: after(4)) == nil)
        let work = try nextWork(at: after(5))
        #expect(work == SharedPlaces.Work(renewals: [place(first, of: "ann")]))
        #expect(places.told(work, asked: after(5), at: after(5)) == nil)
        // Freed while it waits: it is told to go, and is renewed no more.
        places.free(second)
        places.free(second)
        let leaving = try nextWork(at: after(7))
        #expect(leaving == SharedPlaces.Work(leaving: [place(second, of: "bob")]))
        #expect(places.told(leaving, asked: after(7), at: after(7)) == nil)
        #expect(places.next(at: after(9)) == nil)
        let renewals = try nextWork(at: after(10)).renewals
        #expect(renewals == [place(first, of: "ann")])
    }

    /// The store goes away while somebody is asked for.
    @Test mutating func withoutAnAnswerThisNodesOwnCountHolds() throws {
        let first = try join(Self.ann, at: start)
        guard case .ask(let second) = places.take(Self.ann), case .ask(let other) = places.take(Self.bob) else {
            Issue.record("not asked")
            return
        }
        #expect(places.failed(second, at: after(1)) == .lost)
        #expect(places.failed(other, at: after(1)) == nil, "it is said once")
        #expect(places.isAlone)
        #expect(places.takeAtOnce(Self.ann) == .full(Self.ann[0]))
        #expect(places.takeAtOnce(Self.bob) == .taken(4))

        // All of them are told before the store is asked again, also those that it knew.
        let work = try nextWork(at: after(2))
        let all = [
            place(first, of: "ann"), place(second, of: "ann"), place(other, of: "bob"), place(4, of: "bob"),
        ]
        #expect(work == SharedPlaces.Work(renewals: all, isProbe: true))
        #expect(places.notTold(work, at: after(2)) == nil)
        places.free(4)
        let again = try nextWork(at: after(3))
        let left = SharedPlaces.Work(leaving: [all[3]], renewals: Array(all.dropLast()), isProbe: true)
        #expect(again == left)
        // Somebody comes while that is told: it is not over yet.
        #expect(places.takeAtOnce(Self.bob) == .taken(5))
        #expect(places.told(again, asked: after(3), at: after(3)) == nil)
        #expect(places.isAlone)
        // But it answers: from now on it is asked again.
        #expect(places.takeAtOnce([ConnectionClaim(of: .user("cyd"), limit: 1)]) == nil)
        let last = try nextWork(at: after(3))
        #expect(last == SharedPlaces.Work(renewals: [place(5, of: "bob")]))
        #expect(places.told(last, asked: after(4), at: after(4)) == .back(after: .seconds(3), takenAlone: 4))
        #expect(!places.isAlone)
        #expect(places.next(at: after(7)) == nil)
        #expect(places.takeAtOnce([ConnectionClaim(of: .user("cyd"), limit: 1)]) == nil)
        let renewals = try nextWork(at: after(8)).renewals
        #expect(renewals == Array(all.dropLast()))
    }

    /// However many come: what the store is told of is done at some time.
    @Test mutating func aNodeIsNotKeptAloneByThoseWhoComeMeanwhile() throws {
        let many = [ConnectionClaim(of: .user("ann"), limit: .max)]
        for _ in 0..<(3 * SharedPlaces.batch) { _ = places.take(many) }
        #expect(places.failed(1, at: start) == .lost)
        for number in 2...UInt64(3 * SharedPlaces.batch) { _ = places.failed(number, at: start) }
        var calls = 0
        while places.isAlone, calls < 10 {
            let work = try nextWork(at: after(1))
            // One comes during each call.
            if case .ask(let number) = places.take(many) { places.joined(number, asked: after(1)) }
            _ = places.told(work, asked: after(1), at: after(1))
            calls += 1
        }
        #expect(!places.isAlone && calls == 4)
    }

    @Test mutating func whatTheStoreWasToldBeforeItWasLostAgainItIsToldAgain() throws {
        let many = [ConnectionClaim(of: .user("ann"), limit: .max)]
        for _ in 0..<(2 * SharedPlaces.batch) { _ = places.take(many) }
        for number in 1...UInt64(2 * SharedPlaces.batch) { _ = places.failed(number, at: start) }
        let first = try nextWork(at: after(1))
        #expect(places.told(first, asked: after(1), at: after(1)) == nil)
        let second = try nextWork(at: after(1))
        #expect(places.notTold(second, at: after(2)) == nil)
        var told: Set<UInt64> = []
        while places.isAlone {
            let work = try nextWork(at: after(3))
            told.formUnion(work.renewals.map(\.number))
            _ = places.told(work, asked: after(3), at: after(3))
        }
        #expect(told == Set(1...UInt64(2 * SharedPlaces.batch)))
    }

    @Test mutating func whoComesAndGoesWhileTheStoreIsAwayIsNotRemembered() throws {
        let many = [ConnectionClaim(of: .user("ann"), limit: .max)]
        for _ in 0..<300 { _ = places.take(many) }
        for number in UInt64(1)...300 { _ = places.failed(number, at: start) }
        for _ in 0..<100_000 {
            guard case .taken(let number) = places.take(many) else { throw NotAsked() }
            places.free(number)
            if number.isMultiple(of: 1000), let work = places.next(at: after(1)) {
                _ = places.notTold(work, at: after(1))
            }
        }
        #expect(places.remembered <= SharedPlaces.maximumLeaving + 2 * 300 + 2 * SharedPlaces.batch)
    }

    /// The last moment at which a lease can be renewed in time.
    @Test mutating func aStoreThatIsTooSlowIsAsGoodAsNone() throws {
        _ = try join(Self.ann, at: start)
        #expect(places.fallBehind(at: after(9)) == nil && !places.isAlone)
        #expect(places.fallBehind(at: after(10)) == .lost)
        #expect(places.takeAtOnce(Self.bob) == .taken(2))
        #expect(places.fallBehind(at: after(20)) == nil)
    }

    @Test mutating func whoLeavesIsDepartingUntilTheStoreWasTold() throws {
        let (first, second) = (try join(Self.ann, at: start), try join(Self.ann, at: start))
        #expect(!places.isDeparting(.user("ann")))
        places.free(first)
        let work = try nextWork(at: start)
        // One more while the first is told.
        places.free(second)
        #expect(places.partings == 2 && places.toldPartings == 0)
        #expect(places.told(work, asked: start, at: start) == nil)
        #expect(places.isDeparting(.user("ann")) && places.toldPartings == 1)
        let rest = try nextWork(at: start)
        #expect(places.notTold(rest, at: start) == .lost && places.isDeparting(.user("ann")))
        let again = try nextWork(at: after(1))
        #expect(places.told(again, asked: after(1), at: after(1)) == .back(after: .seconds(1), takenAlone: 0))
        #expect(!places.isDeparting(.user("ann")) && !places.isDeparting(.user("bob")) && places.toldPartings == 2)
    }

    /// Else it would be in the set again for a whole lease.
    @Test mutating func whoLeavesWhileItIsRenewedIsToldToGoBehindThat() throws {
        let first = try join(Self.ann, at: start)
        let work = try nextWork(at: after(5))
        #expect(work.renewals == [place(first, of: "ann")])
        places.free(first)
        #expect(places.told(work, asked: after(5), at: after(5)) == nil)
        #expect(places.next(at: after(5)) == SharedPlaces.Work(leaving: [place(first, of: "ann")]))
    }

    /// It was asked before another's answer was lost.
    @Test mutating func anAnswerFromBeforeTheLossBringsNobodyBack() throws {
        _ = try join(Self.ann, at: start)
        let work = try nextWork(at: after(5))
        guard case .ask(let number) = places.take(Self.bob) else { throw NotAsked() }
        #expect(places.failed(number, at: after(6)) == .lost)
        #expect(places.told(work, asked: after(5), at: after(7)) == nil && places.isCutOff)
        let again = try nextWork(at: after(7))
        #expect(again.isProbe && Set(again.renewals.map(\.number)) == [1, 2])
    }

    /// What is told first must not end while the rest is told.
    @Test mutating func whatIsDueIsToldBeforeWhatIsNotKnown() throws {
        let many = [ConnectionClaim(of: .user("ann"), limit: .max)]
        for _ in 0..<(2 * SharedPlaces.batch) { _ = places.take(many) }
        for number in 1...UInt64(2 * SharedPlaces.batch) { _ = places.failed(number, at: start) }
        let first = try nextWork(at: after(1))
        #expect(places.told(first, asked: after(1), at: after(1)) == nil)
        let second = try nextWork(at: after(6))
        #expect(second.renewals == first.renewals)
    }

    @Test mutating func aNodeWithoutConnectionsFindsOutTooThatTheStoreIsBack() throws {
        guard case .ask(let number) = places.take(Self.ann) else { throw NotAsked() }
        #expect(places.failed(number, at: start) == .lost)
        places.free(number)
        let work = try nextWork(at: after(1))
        #expect(work == SharedPlaces.Work(leaving: [place(number, of: "ann")], isProbe: true))
        #expect(places.notTold(work, at: after(1)) == nil)
        let again = try nextWork(at: after(2))
        #expect(again == work)
        #expect(places.told(again, asked: after(2), at: after(2)) == .back(after: .seconds(2), takenAlone: 1))
        #expect(places.next(at: after(3)) == nil)
    }

    @Test mutating func aRenewalThatFailsIsSaidAndRepeated() throws {
        let first = try join(Self.ann, at: start)
        let work = try nextWork(at: after(5))
        #expect(places.notTold(work, at: after(6)) == .lost)
        let again = try nextWork(at: after(7))
        #expect(again == SharedPlaces.Work(renewals: [place(first, of: "ann")], isProbe: true))
        #expect(places.told(again, asked: after(7), at: after(8)) == .back(after: .seconds(2), takenAlone: 0))
    }

    /// The answer was on its way when another's was lost: what it says may be of a store that has lost everything since.
    @Test mutating func whoJoinsWhileTheStoreIsLostIsToldAgain() throws {
        guard case .ask(let one) = places.take(Self.ann), case .ask(let two) = places.take(Self.ann) else {
            throw NotAsked()
        }
        #expect(places.failed(one, at: start) == .lost)
        places.joined(two, asked: start)
        let renewals = try nextWork(at: start).renewals
        #expect(renewals == [place(one, of: "ann"), place(two, of: "ann")])
    }

    @Test mutating func theStoreIsToldInBatches() throws {
        let many = [ConnectionClaim(of: .user("ann"), limit: 10_000)]
        for _ in 0..<(2 * SharedPlaces.batch + 1) { _ = try join(many, at: start) }
        for number in UInt64(1)...10 { places.free(number) }
        var batches: [SharedPlaces.Work] = []
        while let work = places.next(at: after(5)) {
            batches.append(work)
            #expect(places.told(work, asked: after(5), at: after(5)) == nil)
        }
        #expect(batches.map(\.leaving.count) == [10, 0])
        #expect(batches.map(\.renewals.count) == [SharedPlaces.batch, SharedPlaces.batch - 9])
    }

    /// The lease of those beyond ends by itself.
    @Test mutating func whatHasLeftIsRememberedWithinABound() throws {
        let many = [ConnectionClaim(of: .user("ann"), limit: .max)]
        for _ in 0..<(SharedPlaces.maximumLeaving + 5) {
            let number = try join(many, at: start)
            places.free(number)
        }
        var leaving = 0
        while let work = places.next(at: start) { leaving += work.leaving.count }
        #expect(leaving == SharedPlaces.maximumLeaving && places.holders == 0)
    }

    @Test mutating func whenTheNodeEndsAllPlacesAreGivenUp() throws {
        let many = [ConnectionClaim(of: .user("ann"), limit: 10_000)]
        for _ in 0..<(SharedPlaces.batch + 2) { _ = try join(many, at: start) }
        places.free(1)
        var numbers: [UInt64] = []
        while true {
            let batch = places.nextToGiveUp()
            if batch.isEmpty { break }
            #expect(batch.count <= SharedPlaces.batch)
            numbers += batch.map(\.number)
        }
        #expect(Set(numbers) == Set(1...UInt64(SharedPlaces.batch + 2)) && numbers.count == SharedPlaces.batch + 2)
    }
}
