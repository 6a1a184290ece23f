import Core
import Platform
import Testing

@testable import EdgeNode

@Suite struct KeyTableTests {
    private static let day: Int64 = 86_400_000
    /// 2027-01-31.
    private static let end: Int64 = 1_801_353_600_000

    @Test(
        arguments: [
            ("good", nil), ("Good", "the API key is not known"), ("", "the API key is not known"),
            ("off", "the API key is disabled"), ("old", "the API key has expired"), ("new", nil),
            (String(repeating: "k", count: 100_000), "the API key is not known"),
        ] as [(String, String?)]
    )
    func aKeyIsTakenOrRefusedWithAReason(shown: String, reason: String?) throws {
        let table = try Self.table(
            Self.entry("good"),
            Self.entry("off", "disabled: true"),
            Self.entry("old", "expires: 2027-01-31"),
            Self.entry("new", "expires: 2027-02-01")
        )
        switch table.principal(of: shown, at: Self.end) {
        case .success(let principal): #expect(reason == nil && principal.credential == .key(shown))
        case .failure(let failure): #expect(failure == .refused(reason: reason ?? "it should be taken"))
        }
    }

    @Test func itStandsForWhoTheDocumentSays() throws {
        let fields = """
            user: u, roles: [desk], streams: ["orders.$sub"], pairs: [BTCUSDT], limits: {connections: 3}, \
            expires: 2027-02-01
            """
        let principal = try Self.table(Self.entry("k", fields)).principal(of: "k", at: Self.end).get()
        #expect(principal.user == "u" && principal.roles == ["desk"] && principal.pairs == ["BTCUSDT"])
        #expect(principal.grants?.cover(try StreamName(canonical: "orders.u")) == true)
        #expect(principal.grants?.cover(try StreamName(canonical: "orders.v")) == false)
        #expect(principal.limits.connections == 3 && principal.expiresAt == Self.end + Self.day)
    }

    /// All connections of a key share it.
    @Test func aKeyHasOnePrincipal() throws {
        let table = try Self.table(Self.entry("k"))
        #expect(try table.principal(of: "k", at: 0).get() === table.principal(of: "k", at: 1).get())
    }

    @Test(
        arguments: [
            // As it was, removed, disabled, another secret, expired meanwhile, one that had been disabled before.
            ([entry("a")], [entry("a")], [], []),
            ([entry("a"), entry("b")], [entry("b")], ["a"], []),
            ([entry("a")], [entry("a", "disabled: true")], ["a"], []),
            ([entry("a")], [entry("a", secret: "other")], ["a"], ["a"]),
            ([entry("a")], [entry("a", "expires: 2027-01-30")], ["a"], []),
            ([entry("a", "disabled: true")], [], [], []),
            ([], [entry("a")], [], []),
            // Somebody else, or with other bounds.
            ([entry("a")], [entry("a", "user: u")], [], ["a"]),
            ([entry("a", "user: u")], [entry("a", "user: u, limits: {subscriptions: 1}")], [], ["a"]),
            ([entry("a")], [entry("a", "expires: 2027-03-01")], [], ["a"]),
        ] as [([String], [String], Set<String>, Set<String>)]
    )
    func changesAreToldByTheirIDs(before: [String], after: [String], gone: Set<String>, changed: Set<String>) throws {
        let changes = try Self.table(before).changes(to: try Self.table(after), at: Self.end)
        #expect(changes.gone == gone)
        #expect(Set(changes.changed.keys) == changed)
    }

    /// What can't be used any more does not end.
    @Test func theFirstEndIsThatOfAKeyThatIsGood() throws {
        let table = try Self.table(
            Self.entry("never"),
            Self.entry("past", "expires: 2027-01-30"),
            Self.entry("later", "expires: 2027-03-02"),
            Self.entry("next", "expires: 2027-03-01"),
            Self.entry("off", "expires: 2027-02-10, disabled: true")
        )
        let march: Int64 = 1_803_859_200_000
        #expect(table.firstEnd(after: Self.end) == march)
        #expect(table.firstEnd(after: march) == march + 86_400_000)
        #expect(table.firstEnd(after: march + 86_400_000) == nil)
    }

    @Test func aNewKeyIsLongRandomAndNeverPrinted() {
        let keys = (0..<100).map { _ in NewAPIKey() }
        #expect(Set(keys.map(\.text)).count == 100)
        for key in keys {
            #expect(key.text.hasPrefix("tg_") && key.text.utf8.count == 46)
            #expect(key.digest == CredentialDigest(of: key.text).hexadecimal)
            #expect(!"\(key) \(String(reflecting: key))".contains(key.text))
        }
    }

    /// A line of the document for the key `secret`, by itself as its id.
    private static func entry(_ id: String, _ more: String = "", secret: String? = nil) -> String {
        let digest = CredentialDigest(of: secret ?? id).hexadecimal
        return "- {id: \(id), sha256: \(digest)\(more.isEmpty ? "" : ", ")\(more)}"
    }

    private static func table(_ entries: String...) throws -> KeyTable { try table(entries) }

    private static func table(_ entries: [String]) throws -> KeyTable {
        let list = entries.isEmpty ? " []" : entries.joined(separator: "\n")
        let document = try Document(
            yaml: "version: 1\nkeys:\n" + list,
            sections: [KeysSection.self],
            environment: [:]
        )
        return KeyTable(document[KeysSection.self]?.keys ?? [])
    }
}
