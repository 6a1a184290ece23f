import Composition
import Platform
import RedisStores

/// Each Redis that the settings name: whether it answers, how old it is, and whether it may throw away what it should keep.
struct RedisCheck: Check {
    let name = "redis"
    /// Older ones lack what scripts of the gateway use.
    private static let oldest = 6

    func findings(in surroundings: Surroundings) async -> [Finding] {
        var findings: [Finding] = []
        for address in RedisAddresses.of(surroundings) {
            let place = surroundings.place(address.setting)
            do {
                let facts = try await RedisQuestion(address, surroundings).ask { try await Self.facts(of: $0) }
                findings += Self.findings(facts, keepsHistory: address.keepsHistory, at: place)
            } catch {
                let advice =
                    RedisAdvice.words(on: "\(error)")
                    ?? "look whether the server runs, can be reached from here, and takes the user and password of the address"
                findings.append(Finding(.problem, "\(error)", at: place, advice: advice))
            }
        }
        return findings
    }

    private static func facts(of client: RedisClient) async throws -> RedisFacts {
        do {
            return RedisFacts(try await client.send(RedisCommand("INFO")).text ?? "")
        } catch RedisError.refused(command: "INFO", message: _) {
            return RedisFacts("")
        }
    }

    static func findings(_ facts: RedisFacts, keepsHistory: Bool, at place: String) -> [Finding] {
        guard let version = facts.version else {
            let advice = "let this user call INFO, where the doctor is to look at the server"
            return [Finding(.note, "it answers, and does not say what it is", at: place, advice: advice)]
        }
        var findings = [Finding(.fine, "it answers, and is Redis \(version)", at: place)]
        if let major = version.split(separator: ".").first.flatMap({ Int($0) }), major < oldest {
            let advice = "give it Redis \(oldest) or later"
            findings.append(
                Finding(.warning, "Redis \(version) is older than what is tested", at: place, advice: advice)
            )
        }
        if keepsHistory, let policy = facts.evictionPolicy, policy.hasPrefix("allkeys"), facts.maximumMemory != 0 {
            findings.append(
                Finding(
                    .problem,
                    "when its memory is full it throws away whatever it likes (maxmemory-policy \(policy)): logs, and where streams stand",
                    at: place,
                    advice: "maxmemory-policy noeviction, and memory enough"
                )
            )
        }
        if let used = facts.usedMemory, let maximum = facts.maximumMemory, maximum > 0, used * 10 > maximum * 9 {
            let advice = "raise maxmemory, or keep less: HISTORY_* settings"
            let words = "\(used * 100 / maximum)% of its memory is used (maxmemory)"
            let isFull = used >= maximum && facts.evictionPolicy == "noeviction"
            findings.append(
                isFull
                    ? Finding(.problem, "Redis refuses writes: \(words)", at: place, advice: advice)
                    : Finding(.warning, words, at: place, advice: advice)
            )
        }
        return findings
    }
}
