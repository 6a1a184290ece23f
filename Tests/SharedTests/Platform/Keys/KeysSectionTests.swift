import Platform
import Testing

@Suite("The section `keys` of the document: what is right is taken, what is wrong is told with its line")
struct KeysSectionTests {
    private static let digest = String(repeating: "0a", count: 32)

    @Test func allFieldsAreTaken() throws {
        let keys = try Self.keys(
            """
            - id: charts-1.eu
              sha256: \(Self.digest)
              name: the charts on our site
              user: auth0|site
              roles: [reader, desk]
              streams: ["ticker.*", "orders.$sub"]
              pairs: [BTCUSDT]
              limits: {subscriptions: 50, messageRate: 20, connections: 10}
              expires: 2027-01-31
              disabled: true
            """
        )
        let key = try #require(keys.first)
        #expect(keys.count == 1 && key.id == "charts-1.eu" && key.name == "the charts on our site")
        #expect(key.sha256 == Self.digest)
        #expect(key.user == "auth0|site" && key.roles == ["reader", "desk"])
        #expect(key.streams == ["ticker.*", "orders.$sub"] && key.pairs == ["BTCUSDT"])
        #expect(key.limits == PrincipalLimits(subscriptions: 50, messageRate: 20, connections: 10))
        #expect(key.expiresAt == 1_801_353_600_000)
        #expect(key.isDisabled)
    }

    @Test func whatIsLeftOutNarrowsNothing() throws {
        let key = try #require(try Self.keys("- {id: a, sha256: \(Self.digest)}").first)
        #expect(key.name == nil && key.roles.isEmpty && key.streams == nil && key.pairs == nil)
        #expect(key.limits == PrincipalLimits() && key.expiresAt == nil && !key.isDisabled)
    }

    /// A key that is called like a user must not be that user.
    @Test func aKeyWithoutAUserIsNobodyElse() throws {
        let key = try #require(try Self.keys("- {id: alice, sha256: \(Self.digest)}").first)
        #expect(key.user == "key:alice")
    }

    @Test func aDigestMayBeInCapitals() throws {
        let key = try #require(try Self.keys("- {id: a, sha256: \(Self.digest.uppercased())}").first)
        #expect(key.sha256 == Self.digest)
    }

    @Test func aTimeIsTakenToo() throws {
        let key = try #require(
            try Self.keys("- {id: a, sha256: \(Self.digest), expires: \"2027-01-31T12:00:01Z\"}").first
        )
        #expect(key.expiresAt == 1_801_396_801_000)
    }

    private static let other = String(repeating: "0b", count: 32)

    private static let mistakes: [(yaml: String, problem: String)] = [
        ("- {sha256: \(digest)}", "line 3: keys[0] lacks 'id'"),
        ("- {id: a}", "line 3: keys[0] lacks 'sha256'"),
        ("- {id: a, sha256: \(digest), role: x}", "line 3: keys[0].role is not known; did you mean roles?"),
        ("- {id: \"a b\", sha256: \(digest)}", "line 3: keys[0].id is no name of a key: give letters, digits"),
        ("- {id: \(String(repeating: "a", count: 65)), sha256: \(digest)}", "line 3: keys[0].id is no name of a key"),
        ("- {id: a, sha256: tg_secret}", "line 3: keys[0].sha256 is not the SHA-256 of a key"),
        ("- {id: a, sha256: \(digest)00}", "line 3: keys[0].sha256 is not the SHA-256 of a key"),
        ("- {id: a, sha256: \(digest), user: \"\"}", "line 3: keys[0].user is empty, or"),
        (
            "- {id: a, sha256: \(digest), user: \(String(repeating: "u", count: 129))}",
            "line 3: keys[0].user is empty, or too long"
        ),
        ("- {id: a, sha256: \(digest), roles: reader}", "line 3: keys[0].roles is one value; give a list"),
        ("- {id: a, sha256: \(digest), streams: [\"ticker\"]}", "line 3: keys[0].streams[0] is \"ticker\": give parts"),
        ("- {id: a, sha256: \(digest), streams: [\"t..x\"]}", "line 3: keys[0].streams[0] is \"t..x\": give parts"),
        ("- {id: a, sha256: \(digest), streams: [\"a.b*\"]}", "line 3: keys[0].streams[0] is \"a.b*\": give parts"),
        (
            "- {id: a, sha256: \(digest), streams: [\"orders.$sub\"]}",
            "line 3: keys[0].streams[0] has '$sub', and the key"
        ),
        ("- {id: a, sha256: \(digest), pairs: [btc_usdt]}", "line 3: keys[0].pairs[0] is \"btc_usdt\": give a pair"),
        (
            "- {id: a, sha256: \(digest), limits: {connections: 0}}",
            "line 3: keys[0].limits.connections is not a whole number from 1"
        ),
        ("- {id: a, sha256: \(digest), limits: {rate: 1}}", "line 3: keys[0].limits.rate is not known"),
        ("- {id: a, sha256: \(digest), expires: soon}", "line 3: keys[0].expires is \"soon\"; give a day"),
        ("- {id: a, sha256: \(digest), expires: 2027-02-31}", "line 3: keys[0].expires is \"2027-02-31\"; give a day"),
        ("- {id: a, sha256: \(digest), expires: 2027-02-31T00:00:00Z}", "line 3: keys[0].expires is \"2027-02-31T"),
        ("- {id: a, sha256: \(digest), disabled: perhaps}", "line 3: keys[0].disabled is \"perhaps\""),
        ("- {id: a, sha256: \(digest)}\n- {id: a, sha256: \(other)}", "line 4: keys[1] has the id of another key: a"),
        ("- {id: a, sha256: \(digest)}\n- {id: b, sha256: \(digest)}", "line 4: keys[1] has the sha256 of another key"),
    ]

    @Test(arguments: mistakes.indices)
    func aMistakeIsToldWithItsLine(index: Int) {
        let mistake = Self.mistakes[index]
        let error = #expect(throws: DocumentError.self) { try Self.keys(mistake.yaml) }
        let words = error?.description ?? ""
        #expect(words.hasPrefix(mistake.problem), "\(words)")
        // Somebody may have put the key where its digest belongs.
        #expect(!words.contains("tg_secret") && !words.contains("\n"), "\(words)")
    }

    private static func keys(_ list: String) throws -> [APIKey] {
        let document = try Document(
            yaml: "version: 1\nkeys:\n" + list,
            sections: [KeysSection.self],
            environment: [:]
        )
        return document[KeysSection.self]?.keys ?? []
    }
}
