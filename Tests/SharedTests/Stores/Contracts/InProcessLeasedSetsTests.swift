import StoreContracts
import TestSupport
import Testing

@testable import Stores

@Suite("Leased sets inside the process keep the promises of leased sets", .timeLimit(.minutes(5)))
struct InProcessLeasedSetsTests {
    @Test(arguments: LeasedSetsContract.promises)
    func promise(_ promise: LeasedSetsContract) async throws {
        try await promise.check(InProcessLeasedSets())
    }

    @Test func aLeaseEndsToTheMoment() async throws {
        let clock = HandClock()
        let sets = InProcessLeasedSets { clock.now }
        let set = LeasedSetName(kind: "k", name: "n")
        _ = try await sets.join([LeasedSetBound(set, maximum: 1)], as: "a", for: .seconds(10))
        clock.pass(.seconds(9))
        #expect(try await sets.members(of: set, limit: 9) == ["a"])
        clock.pass(.seconds(1))
        #expect(try await sets.members(of: set, limit: 9) == [])
    }

    /// Also those that nobody asks for again.
    @Test func whatIsOverIsForgottenAsOthersJoin() async throws {
        let clock = HandClock()
        let sets = InProcessLeasedSets { clock.now }
        for number in 0..<100 {
            let bound = LeasedSetBound(LeasedSetName(kind: "k", name: "\(number)"), maximum: 1)
            _ = try await sets.join([bound], as: "a", for: .seconds(5))
        }
        #expect(sets.count == 100)
        clock.pass(.seconds(10))
        let last = LeasedSetBound(LeasedSetName(kind: "k", name: "last"), maximum: 1)
        _ = try await sets.join([last], as: "a", for: .seconds(5))
        #expect(sets.count == 1)
    }
}
