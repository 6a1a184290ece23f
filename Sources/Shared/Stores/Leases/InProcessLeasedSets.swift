import Synchronization

/// Leased sets inside one process, behind one lock, gone with the process.
///
/// Bounded by its callers: what is over is forgotten when its set is joined or renewed, and all of it every ten seconds as
/// others join.
package final class InProcessLeasedSets: LeasedSets {
    private static let sweepInterval = Duration.seconds(10)

    private struct State {
        /// With when each member's lease is over.
        var sets: [LeasedSetName: [String: ContinuousClock.Instant]] = [:]
        var nextSweep: ContinuousClock.Instant

        mutating func forgetWhatIsOver(in set: LeasedSetName, at instant: ContinuousClock.Instant) {
            guard let members = sets[set]?.filter({ $0.value > instant }) else { return }
            sets[set] = members.isEmpty ? nil : members
        }
    }

    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
        state = Mutex(State(nextSweep: now() + Self.sweepInterval))
    }

    package func join(_ sets: [LeasedSetBound], as member: String, for lease: Duration) async throws -> LeasedJoin {
        let instant = now()
        return state.withLock { state in
            if instant >= state.nextSweep {
                for set in Array(state.sets.keys) { state.forgetWhatIsOver(in: set, at: instant) }
                state.nextSweep = instant + Self.sweepInterval
            }
            for (index, bound) in sets.enumerated() {
                state.forgetWhatIsOver(in: bound.set, at: instant)
                let members = state.sets[bound.set] ?? [:]
                if members[member] == nil, members.count >= bound.maximum { return .full(index) }
            }
            for bound in sets { state.sets[bound.set, default: [:]][member] = instant + lease }
            return .joined
        }
    }

    package func renew(_ memberships: [LeasedMembership], for lease: Duration) async throws {
        let instant = now()
        state.withLock { state in
            for membership in memberships {
                state.sets[membership.set, default: [:]][membership.member] = instant + lease
            }
            for set in Set(memberships.map(\.set)) { state.forgetWhatIsOver(in: set, at: instant) }
        }
    }

    package func leave(_ memberships: [LeasedMembership]) async throws {
        state.withLock { state in
            for membership in memberships {
                state.sets[membership.set]?[membership.member] = nil
                if state.sets[membership.set]?.isEmpty == true { state.sets[membership.set] = nil }
            }
        }
    }

    package func members(of set: LeasedSetName, limit: Int) async throws -> [String] {
        let instant = now()
        let members = state.withLock { $0.sets[set] ?? [:] }
        return Array(members.lazy.filter { $0.value > instant }.map(\.key).prefix(max(0, limit)))
    }

    /// Sets that are remembered.
    var count: Int { state.withLock { $0.sets.count } }
}
