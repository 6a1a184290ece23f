import Platform
import Synchronization

/// Says who somebody is by the API key that it shows: by the section `keys` of the document, as it stands now. Any thread.
///
/// It answers at once. Where a new version of the document takes a key away, or makes it stand for something else, whoever
/// has asked to be told is told, so that connections that are there already change too. A key that expires meanwhile is the
/// principal's own matter (`Principal.expiresAt`).
package final class KeyAuthenticator: Authenticator {
    private struct State {
        var table: KeyTable
        var observers: [@Sendable (KeyChanges) -> Void] = []
    }

    private let state: Mutex<State>

    /// - Parameter clock: Milliseconds since 1970.
    package init(_ document: LiveDocument, clock: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() }) {
        state = Mutex(State(table: Self.table(of: document.current)))
        document.onChange { [weak self] new in self?.take(Self.table(of: new), at: clock()) }
    }

    /// Whether the document has any key.
    package var hasKeys: Bool { state.withLock { !$0.table.isEmpty } }

    /// When the first of the keys ends that are good now: milliseconds since 1970; nil where none ends.
    package func firstEnd(after now: Int64) -> Int64? { state.withLock(\.table).firstEnd(after: now) }

    /// Calls `observer` when keys have changed, on a thread of the system's, after they are judged by the new version.
    package func onChange(_ observer: @escaping @Sendable (KeyChanges) -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    /// API keys, while the document has any.
    package func takes(_ credential: Credential) -> Bool {
        if case .apiKey = credential { hasKeys } else { false }
    }

    package func recognise(_ credential: Credential, at now: Int64) -> Result<Principal, AuthenticationFailure>? {
        guard case .apiKey(let key) = credential else { return nil }
        return state.withLock(\.table).principal(of: key, at: now)
    }

    package func authenticate(
        _ credential: Credential,
        of origin: CredentialOrigin,
        at now: Int64
    ) async -> Result<Principal, AuthenticationFailure> {
        recognise(credential, at: now) ?? .failure(.refused(reason: "this is no API key"))
    }

    private func take(_ table: KeyTable, at now: Int64) {
        let (changes, observers) = state.withLock { state in
            defer { state.table = table }
            return (state.table.changes(to: table, at: now), state.observers)
        }
        guard !changes.isEmpty else { return }
        for observer in observers { observer(changes) }
    }

    private static func table(of document: Document) -> KeyTable {
        KeyTable(document[KeysSection.self]?.keys ?? [])
    }
}
