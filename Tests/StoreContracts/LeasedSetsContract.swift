import Stores
import Testing

/// What every implementation of `LeasedSets` promises. Run the whole table against each, as with `BrokerContract`. Every set
/// is fresh, so that all can share one server.
package struct LeasedSetsContract: Sendable, CustomTestStringConvertible {
    package let testDescription: String
    package let check: @Sendable (any LeasedSets) async throws -> Void

    init(_ promise: String, _ check: @escaping @Sendable (any LeasedSets) async throws -> Void) {
        testDescription = promise
        self.check = check
    }

    package static let promises: [LeasedSetsContract] = joining + leases

    /// So long that nothing ends while a test runs.
    private static let long = Duration.seconds(600)
    private static let short = Duration.milliseconds(50)

    private static let joining: [LeasedSetsContract] = [
        LeasedSetsContract("has who has joined, and no longer who has left") { sets async throws in
            let (set, other) = (freshSet(), freshSet())
            for member in ["a", "b"] {
                #expect(try await sets.join([LeasedSetBound(set, maximum: 9)], as: member, for: long) == .joined)
            }
            #expect(try await sets.all(set) == ["a", "b"])
            #expect(try await sets.members(of: set, limit: 1).count == 1)
            try await sets.leave([LeasedMembership(of: "a", in: set), LeasedMembership(of: "b", in: other)])
            #expect(try await sets.all(set) == ["b"])
            #expect(try await sets.all(other) == [])
        },
        LeasedSetsContract("takes no more than there may be, until one has left") { sets async throws in
            let bound = LeasedSetBound(freshSet(), maximum: 2)
            for member in ["a", "b"] { #expect(try await sets.join([bound], as: member, for: long) == .joined) }
            #expect(try await sets.join([bound], as: "c", for: long) == .full(0))
            try await sets.leave([LeasedMembership(of: "a", in: bound.set)])
            #expect(try await sets.join([bound], as: "c", for: long) == .joined)
            #expect(try await sets.join([LeasedSetBound(freshSet(), maximum: 0)], as: "a", for: long) == .full(0))
        },
        LeasedSetsContract("asks each time what the bound is") { sets async throws in
            let set = freshSet()
            for member in ["a", "b"] {
                #expect(try await sets.join([LeasedSetBound(set, maximum: 2)], as: member, for: long) == .joined)
            }
            #expect(try await sets.join([LeasedSetBound(set, maximum: 1)], as: "c", for: long) == .full(0))
            #expect(try await sets.join([LeasedSetBound(set, maximum: 3)], as: "c", for: long) == .joined)
        },
        LeasedSetsContract("joins all of several sets or none, and says which is full") { sets async throws in
            let (wide, narrow) = (LeasedSetBound(freshSet(), maximum: 9), LeasedSetBound(freshSet(), maximum: 1))
            #expect(try await sets.join([wide, narrow], as: "a", for: long) == .joined)
            #expect(try await sets.join([wide, narrow], as: "b", for: long) == .full(1))
            #expect(try await sets.join([narrow, wide], as: "b", for: long) == .full(0))
            #expect(try await sets.all(wide.set) == ["a"])
            #expect(try await sets.all(narrow.set) == ["a"])
        },
        LeasedSetsContract("has a member once, however often it joins and though the set is full") {
            sets async throws in
            let bound = LeasedSetBound(freshSet(), maximum: 1)
            for _ in 0..<3 { #expect(try await sets.join([bound], as: "a", for: long) == .joined) }
            #expect(try await sets.all(bound.set) == ["a"])
        },
        LeasedSetsContract("keeps sets apart whatever they are called") { sets async throws in
            let unique = freshSet().name
            let names = ["", "a", "a}", "{a", "{a}", ":a", "*", "é", "a b\r\n", "key:a"].map { unique + $0 }
            let all = names.flatMap { name in ["one", "two"].map { LeasedSetName(kind: $0, name: name) } }
            for (index, set) in all.enumerated() {
                let bound = LeasedSetBound(set, maximum: 1)
                #expect(try await sets.join([bound], as: "\(index)", for: long) == .joined)
            }
            for (index, set) in all.enumerated() { #expect(try await sets.all(set) == ["\(index)"]) }
        },
        LeasedSetsContract("lets no more in than there may be when many come at one time") { sets async throws in
            let bound = LeasedSetBound(freshSet(), maximum: 7)
            let joined = try await withThrowingTaskGroup(of: LeasedJoin.self) { group in
                for member in 0..<50 {
                    group.addTask { try await sets.join([bound], as: "\(member)", for: long) }
                }
                return try await group.reduce(into: 0) { if $1 == .joined { $0 += 1 } }
            }
            #expect(joined == 7)
            #expect(try await sets.all(bound.set).count == 7)
        },
        LeasedSetsContract("does nothing where nothing is asked") { sets async throws in
            #expect(try await sets.join([], as: "a", for: long) == .joined)
            try await sets.renew([], for: long)
            try await sets.leave([])
        },
    ]

    private static let leases: [LeasedSetsContract] = [
        LeasedSetsContract("forgets who is not renewed, which makes room, and keeps who is") { sets async throws in
            let bound = LeasedSetBound(freshSet(), maximum: 2)
            for member in ["kept", "dead"] {
                #expect(try await sets.join([bound], as: member, for: short) == .joined)
                if member == "kept" { try await sets.renew([LeasedMembership(of: member, in: bound.set)], for: long) }
            }
            try await until { try await sets.join([bound], as: "new", for: long) == .joined }
            #expect(try await sets.all(bound.set) == ["kept", "new"])
        },
        LeasedSetsContract("forgets a set whose members are all over") { sets async throws in
            let set = freshSet()
            #expect(try await sets.join([LeasedSetBound(set, maximum: 1)], as: "a", for: short) == .joined)
            try await until { try await sets.all(set).isEmpty }
        },
        LeasedSetsContract("keeps a long lease though a shorter one comes later") { sets async throws in
            let set = freshSet()
            #expect(try await sets.join([LeasedSetBound(set, maximum: 9)], as: "long", for: long) == .joined)
            #expect(try await sets.join([LeasedSetBound(set, maximum: 9)], as: "short", for: short) == .joined)
            try await until { try await sets.all(set) != ["long", "short"] }
            #expect(try await sets.all(set) == ["long"])
        },
        LeasedSetsContract("has again who is renewed after it was forgotten, beyond the bound") { sets async throws in
            let bound = LeasedSetBound(freshSet(), maximum: 1)
            #expect(try await sets.join([bound], as: "a", for: short) == .joined)
            try await until { try await sets.join([bound], as: "b", for: long) == .joined }
            try await sets.renew([LeasedMembership(of: "a", in: bound.set)], for: long)
            #expect(try await sets.all(bound.set) == ["a", "b"])
            #expect(try await sets.join([bound], as: "c", for: long) == .full(0))
        },
        LeasedSetsContract("renews and lets go of members of many sets in one call") { sets async throws in
            let memberships = (0..<50).map { _ in freshSet() }.flatMap { set in
                (0..<10).map { LeasedMembership(of: "m\($0)", in: set) }
            }
            try await sets.renew(memberships, for: long)
            for membership in memberships.prefix(11) { #expect(try await sets.all(membership.set).count == 10) }
            try await sets.leave(memberships.dropLast())
            for set in Set(memberships.dropLast(10).map(\.set)) { #expect(try await sets.all(set) == []) }
            let last = memberships[memberships.count - 1]
            #expect(try await sets.all(last.set) == [last.member])
        },
    ]

    private static func freshSet() -> LeasedSetName {
        LeasedSetName(kind: "contract", name: String(UInt64.random(in: .min ... .max), radix: 36))
    }

    /// At most as long as the test may take.
    private static func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }
}

extension LeasedSets {
    fileprivate func all(_ set: LeasedSetName) async throws -> Set<String> {
        Set(try await members(of: set, limit: 1000))
    }
}
