import FoundationEssentials
import Logging
import Platform
import Synchronization
import Testing

@testable import EdgeNode

@Suite("API keys are as the document has them now") struct KeyAuthenticatorTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString).yaml").path

    @Test func aNewVersionHoldsAtOnceAndTellsWhoIsGone() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write("one", "two")
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let document = try LiveDocument(
            path: path,
            sections: [KeysSection.self],
            environment: [:],
            interval: .milliseconds(5),
            logger: quiet
        )
        let watching = document.watch()
        defer { watching.cancel() }
        let keys = KeyAuthenticator(document)
        let gone = Mutex<Set<String>>([])
        keys.onChange { changes in gone.withLock { $0.formUnion(changes.gone) } }
        #expect(keys.takes(.apiKey("k")) && !keys.takes(.token("one")))
        #expect(keys.hasKeys && isTaken("one", by: keys) && isTaken("two", by: keys) && !isTaken("three", by: keys))
        try write("two", "three")
        let deadline = ContinuousClock.now + .seconds(300)
        while gone.withLock({ $0.isEmpty }), ContinuousClock.now < deadline { try await EdgeFixture.pause() }
        #expect(gone.withLock { $0 } == ["one"])
        #expect(!isTaken("one", by: keys) && isTaken("two", by: keys) && isTaken("three", by: keys))
    }

    @Test func withoutAnyKeyItTakesNothing() async throws {
        let document = try LiveDocument(path: nil, sections: [], logger: Logger(label: "test"))
        let keys = KeyAuthenticator(document)
        #expect(!keys.hasKeys && !keys.takes(.apiKey("k")) && !keys.takes(.token("k")))
        #expect(keys.recognise(.token("k"), at: 0) == nil)
        let outcome = await keys.authenticate(
            .apiKey("k"),
            of: CredentialOrigin(address: nil, origin: nil, path: "/ws"),
            at: 0
        )
        guard case .failure(.refused) = outcome else {
            Issue.record("nobody has this key")
            return
        }
    }

    private func isTaken(_ key: String, by keys: KeyAuthenticator) -> Bool {
        if case .success = keys.recognise(.apiKey(key), at: 0) { true } else { false }
    }

    private func write(_ ids: String...) throws {
        let entries = ids.map { "  - {id: \($0), sha256: \(CredentialDigest(of: $0).hexadecimal)}\n" }
        try Data("version: 1\nkeys:\n\(entries.joined())".utf8).write(to: URL(filePath: path))
    }
}
