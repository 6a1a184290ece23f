import Platform
import RedisStores
import Stores

/// The leader's term as the Redis has it that these settings name for the lease: whether it is that of the leader that is heard over the
/// broker. A value; it is only read.
struct SharedLease: Sendable {
    /// The highest that this Redis has given; nil where it has given none.
    let term: UInt64?
    /// The setting that leads there.
    let place: String

    /// Nil where the settings do not say themselves where the lease is, or this Redis does not tell: that is told by its own check.
    static func read(_ surroundings: Surroundings) async -> SharedLease? {
        let setting = Settings.Stores.redisURL
        // Without REDIS_URL an ingestor may have another Redis for the lease than a node has for its history.
        guard let url = surroundings.settings[setting] else { return nil }
        let address = RedisAddresses.Address(text: url, setting: setting, keepsHistory: false)
        let key = StoreNames(brand: surroundings.settings[Settings.Common.brand]).termKey
        let term = try? await RedisQuestion(address, surroundings).ask { (client) async throws -> Term in
            Term(value: try await client.send(RedisCommand("GET", key)).text.flatMap { UInt64($0) })
        }
        return term.map { SharedLease(term: $0.value, place: surroundings.place(setting)) }
    }

    /// What an answer may be: that there is none is one, too.
    private struct Term: Sendable {
        let value: UInt64?
    }

    /// A term that is higher here says nothing: another may have begun to lead meanwhile.
    ///
    /// - Parameter heard: The highest term of which heartbeats came.
    func findings(of heard: UInt64) -> [Finding] {
        guard (term ?? 0) < heard else { return [] }
        let words = term.map { "its last term is \($0)" } ?? "it has given no term"
        return [
            Finding(
                .problem,
                "this Redis holds no lease of the leader that is heard, in term \(heard) (\(words)): the programs do not share a Redis",
                at: place,
                advice: "give all programs the same REDIS_URL (its database, too) and the same BRAND"
            )
        ]
    }
}
