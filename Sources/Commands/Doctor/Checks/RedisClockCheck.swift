import Platform
import RedisStores

/// This machine's clock beside that of each Redis, which judges when leases are over.
struct RedisClockCheck: Check {
    let name = "redis-clock"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        var findings: [Finding] = []
        for address in RedisAddresses.of(surroundings) {
            // One that does not answer is told of by its own check.
            let difference = try? await RedisQuestion(address, surroundings).ask { client in
                // The first question may wait for the connection.
                _ = try await client.send(RedisCommand("PING"))
                let before = WallClock.milliseconds()
                let reply = try await client.send(RedisCommand("TIME"))
                return Self.time(reply).map {
                    ClockDifference(theirs: $0, between: before, and: WallClock.milliseconds())
                }
            }
            guard let difference else { continue }
            findings.append(difference.finding(of: "Redis", at: surroundings.place(address.setting)))
        }
        return findings
    }

    /// In milliseconds since 1970; nil for what is no answer to `TIME`.
    static func time(_ reply: RESPValue) -> Int64? {
        guard let parts = reply.array, parts.count == 2, let seconds = parts[0].text.flatMap({ Int64($0) }),
            let microseconds = parts[1].text.flatMap({ Int64($0) }), (0...(1 << 40)).contains(seconds),
            (0...1_000_000).contains(microseconds)
        else { return nil }
        return seconds * 1000 + microseconds / 1000
    }
}
