import Synchronization

/// Principals of tokens that were verified, by the digests of the tokens: a client that comes back costs a hash instead of
/// a signature. Any thread; the lock is held for a look-up or a place.
///
/// Bounded by `capacity`; beyond it the token that was put in first and has not been asked for since makes room. Nothing is
/// given out past its end. What was verified with keys that are gone since is not kept.
package final class TokenCache: Sendable {
    private struct Place {
        let digest: CredentialDigest
        let principal: Principal
        /// Asked for since the hand passed it.
        var isUsed = false
    }

    private struct State {
        var indices: [CredentialDigest: Int] = [:]
        var places: [Place] = []
        /// The next place that may have to make room.
        var hand = 0
        var generation = 0
    }

    /// So many used places are passed over at most: a bound on the time under the lock.
    private static let chances = 16

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 100_000) { self.capacity = max(1, capacity) }

    /// Of the keys: what is verified with those that hold now belongs to it.
    var generation: Int { state.withLock(\.generation) }

    var count: Int { state.withLock { $0.places.count } }

    /// Nil where the token is not known, or over.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func principal(of digest: CredentialDigest, at now: Int64) -> Principal? {
        state.withLock { state in
            guard let index = state.indices[digest] else { return nil }
            let principal = state.places[index].principal
            if let end = principal.expiresAt, now >= end { return nil }
            state.places[index].isUsed = true
            return principal
        }
    }

    /// Keeps it, unless the keys have changed since `generation`.
    func keep(_ principal: Principal, of digest: CredentialDigest, generation: Int) {
        state.withLock { state in
            guard generation == state.generation else { return }
            let place = Place(digest: digest, principal: principal)
            if let index = state.indices[digest] {
                state.places[index] = place
            } else if state.places.count < capacity {
                state.indices[digest] = state.places.count
                state.places.append(place)
            } else {
                replace(with: place, &state)
            }
        }
    }

    /// The keys have changed: nothing that was verified before holds any more.
    func removeAll() {
        // Freed when the lock is.
        let old = state.withLock { state in
            let old = state
            state = State(generation: state.generation + 1)
            return old
        }
        withExtendedLifetime(old) {}
    }

    private func replace(with place: Place, _ state: inout State) {
        var chances = Self.chances
        while state.places[state.hand].isUsed, chances > 0 {
            state.places[state.hand].isUsed = false
            state.hand = (state.hand + 1) % capacity
            chances -= 1
        }
        state.indices[state.places[state.hand].digest] = nil
        state.indices[place.digest] = state.hand
        state.places[state.hand] = place
        state.hand = (state.hand + 1) % capacity
    }
}
