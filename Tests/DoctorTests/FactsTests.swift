import EdgeNode
import Testing

@testable import Doctor

@Suite("What servers say of themselves is read, and judged")
struct FactsTests {
    private static let information =
        "# Server\r\nredis_version:7.0.15\r\n# Memory\r\nused_memory:950\r\nmaxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n"

    @Test func whatRedisSaysIsRead() {
        let facts = RedisFacts(Self.information)
        #expect(facts.version == "7.0.15" && facts.evictionPolicy == "allkeys-lru")
        #expect(facts.usedMemory == 950 && facts.maximumMemory == 1000)
        #expect(RedisFacts("").version == nil)
    }

    @Test func aHistoryThatMayBeThrownAwayIsAProblem() {
        let facts = RedisFacts(Self.information)
        let findings = RedisCheck.findings(facts, keepsHistory: true, at: "here")
        #expect(findings.grades == [.fine, .problem, .warning])
        #expect(findings.first(.warning, "95% of its memory") != nil)
        #expect(findings.allSatisfy { $0.place == "here" })
        // A broker keeps nothing.
        #expect(RedisCheck.findings(facts, keepsHistory: false, at: "here").grades == [.fine, .warning])
        let unbounded = RedisFacts(Self.information.replacing("maxmemory:1000", with: "maxmemory:0"))
        #expect(RedisCheck.findings(unbounded, keepsHistory: true, at: "here").grades == [.fine])
        let old = RedisFacts("redis_version:5.0.3\r\n")
        #expect(RedisCheck.findings(old, keepsHistory: true, at: "here").grades == [.fine, .warning])
        #expect(RedisCheck.findings(RedisFacts(""), keepsHistory: true, at: "here").grades == [.note])
    }

    @Test(
        arguments: [
            (950, "noeviction", Finding.Grade.warning), (1000, "noeviction", .problem),
            (1000, "volatile-lru", .warning),
        ] as [(Int, String, Finding.Grade)]
    )
    func aRedisThatIsFullAndKeepsEverythingRefusesWrites(used: Int, policy: String, grade: Finding.Grade) {
        let text = Self.information.replacing("allkeys-lru", with: policy)
            .replacing("used_memory:950", with: "used_memory:\(used)")
        let findings = RedisCheck.findings(RedisFacts(text), keepsHistory: true, at: "here")
        #expect(findings.grades == [.fine, grade])
        #expect((findings.first(.problem, "Redis refuses writes: 100% of its memory") != nil) == (grade == .problem))
    }

    @Test(
        arguments: [
            (
                "10.0.0.1:6379 is a replica (READONLY): the address must lead to the primary",
                "point the address at the primary"
            ),
            ("NOAUTH Authentication required.", "redis://user:password@host"),
            ("WRONGPASS invalid username-password pair or user is disabled.", "redis://user:password@host"),
            ("NOPERM this user has no permissions", "ACL SETUSER"),
            ("disconnected: NATS at nats://h:4222: Authorization Violation", "NATS_CREDENTIALS"),
            ("disconnected: Connection refused", "publish and subscribe to b's channels"),
        ]
    )
    func whatIsToBeDoneGoesByWhatWasRefused(words: String, advice: String) {
        #expect(BrokerCheck.advice(words, brand: "b").contains(advice))
    }

    /// With this limit a node ends at its start, so that no number of clients would be right.
    @Test(arguments: [(60, Finding.Grade.problem), (200, .warning), (20_000, .fine)] as [(Int, Finding.Grade)])
    func tooFewOpenFiles(limit: Int, grade: Finding.Grade) {
        let places = Places(wanted: 10_000, descriptorLimit: limit, inUse: Places.reserve)
        let finding = DescriptorsCheck.finding(places, limit: limit, at: "here")
        #expect(finding.grade == grade && finding.wouldNotStart == (grade == .problem))
        #expect(!finding.what.contains("TOTAL to 0"))
    }

    @Test func whatNATSSaysIsRead() throws {
        let greeting = try NATSGreeting(
            #"INFO {"server_id":"X","version":"2.9.10","max_payload":1048576,"headers":true} "#
        )
        #expect(greeting.version == "2.9.10" && greeting.maximumPayload == 1_048_576)
    }

    @Test(arguments: ["", "PING", "HTTP/1.1 400 Bad Request", "INFO", "INFO {}", "INFO {\"version\":3}"])
    func whatIsNoGreetingIsNot(line: String) {
        #expect(throws: NATSGreeting.NotUnderstood.self) { try NATSGreeting(line) }
    }

    @Test(
        arguments: [
            // what they said, when it was asked and answered, how exactly they say it; how far ahead, and how it is judged
            (10_000, 9_990, 10_010, 0, 0, Finding.Grade.fine), (12_000, 9_990, 10_010, 0, 2000, .warning),
            (7_000, 9_990, 10_010, 0, -3000, .warning), (100_000, 9_990, 10_010, 0, 90_000, .problem),
            // A slow answer says little, and whole seconds less.
            (12_000, 8_000, 12_000, 0, 2000, .fine), (11_000, 9_990, 10_010, 1000, 1500, .fine),
            (12_000, 9_990, 10_010, 1000, 2500, .warning),
        ] as [(Int64, Int64, Int64, Int64, Int64, Finding.Grade)]
    )
    func clocks(theirs: Int64, before: Int64, after: Int64, resolution: Int64, ahead: Int64, grade: Finding.Grade) {
        let difference = ClockDifference(theirs: theirs, between: before, and: after, resolution: resolution)
        #expect(difference.ahead == ahead)
        #expect(difference.finding(of: "Redis", at: "here").grade == grade)
    }

    @Test(
        arguments: [
            (0, 100, Finding.Grade.fine), (0, 13, .warning), (0, 0, .problem), (0, -3, .problem), (2, 90, .problem),
        ] as [(Int64, Int64, Finding.Grade)]
    )
    func certificates(startsInDays: Int64, endsInDays: Int64, grade: Finding.Grade) {
        let now: Int64 = 1_700_000_000
        let finding = CertificateCheck.finding(
            "it",
            from: now + startsInDays * 86_400,
            until: now + endsInDays * 86_400,
            at: now,
            "here"
        )
        #expect(finding.grade == grade)
        #expect(finding.place == "here")
    }
}
