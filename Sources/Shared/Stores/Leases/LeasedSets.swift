/// Sets in a store whose members are there only for as long as whoever put them there renews them: a process that dies takes
/// its members with it within one lease, and there is no count that could go wrong. Any thread.
///
/// A member is in a set once, however often it joins: so each call can be repeated where its answer was lost. Whoever
/// calls bounds how many memberships one call has: it is one step in the store, in whose way nothing else comes.
package protocol LeasedSets: Sendable {
    /// Puts `member` into all of these sets, or into none where one of them has as many others as it may have. Where it is in
    /// one already it is renewed there.
    func join(_ sets: [LeasedSetBound], as member: String, for lease: Duration) async throws -> LeasedJoin

    /// Each member is in its set for one lease from now on, also where it was there no more, and beyond every bound.
    func renew(_ memberships: [LeasedMembership], for lease: Duration) async throws

    /// Takes each member out of its set. One that is not in it is none the worse.
    func leave(_ memberships: [LeasedMembership]) async throws

    /// Those who are in a set now, at most so many, in no certain order.
    func members(of set: LeasedSetName, limit: Int) async throws -> [String]
}

/// What became of somebody who wanted to join.
package enum LeasedJoin: Sendable, Hashable {
    /// In all of the sets.
    case joined
    /// In none: this one has as many as it may have. Its index in what was asked for.
    case full(Int)
}
