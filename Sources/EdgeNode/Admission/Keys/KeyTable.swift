import Platform

/// The API keys of one version of the document, with whom each stands for. A value; bounded by the length of the document.
///
/// What a client shows is looked up by its SHA-256. That is in constant time as far as it matters: the hash has a random seed
/// that nobody outside knows, the comparison looks at all of both digests, and whoever could measure how far a digest of
/// theirs is right would know no more of a key with that digest than they knew before.
struct KeyTable: Sendable {
    private struct Entry: Sendable {
        let key: APIKey
        let principal: Principal
    }

    /// Longer texts are no keys, and are not hashed.
    static let longestKey = 512

    private let entries: [CredentialDigest: Entry]

    init(_ keys: [APIKey]) {
        // The document takes no other text for a digest.
        let entries = keys.compactMap { key in
            CredentialDigest(hexadecimal: key.sha256).map { ($0, Entry(key: key, principal: key.principal)) }
        }
        self.entries = Dictionary(entries) { first, _ in first }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Whom a key stands for. Whoever is told that a key has expired or is disabled has shown that it has it.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func principal(of shown: String, at now: Int64) -> Result<Principal, AuthenticationFailure> {
        guard shown.utf8.count <= Self.longestKey, let entry = entries[CredentialDigest(of: shown)] else {
            return .failure(.refused(reason: "the API key is not known"))
        }
        if entry.key.isDisabled { return .failure(.refused(reason: "the API key is disabled")) }
        guard entry.key.isGood(at: now) else { return .failure(.refused(reason: "the API key has expired")) }
        return .success(entry.principal)
    }

    /// When the first of the keys ends that are good now: milliseconds since 1970; nil where none ends.
    func firstEnd(after now: Int64) -> Int64? {
        entries.values.lazy.filter { $0.key.isGood(at: now) }.compactMap(\.key.expiresAt).min()
    }

    /// What is different in `new` for whoever has come with a key of this one.
    func changes(to new: KeyTable, at now: Int64) -> KeyChanges {
        let next = Dictionary(new.entries.values.map { ($0.key.id, $0) }) { first, _ in first }
        var changes = KeyChanges()
        for entry in entries.values where !entry.key.isDisabled {
            let id = entry.key.id
            guard let successor = next[id], successor.key.sha256 == entry.key.sha256, successor.key.isGood(at: now)
            else {
                changes.gone.insert(id)
                // Who has come with the new secret stays.
                if let successor = next[id], successor.key.isGood(at: now) { changes.changed[id] = successor.principal }
                continue
            }
            if successor.key != entry.key { changes.changed[id] = successor.principal }
        }
        return changes
    }
}

extension APIKey {
    /// Whether it is taken.
    fileprivate func isGood(at now: Int64) -> Bool { !isDisabled && expiresAt.map { now < $0 } ?? true }

    fileprivate var principal: Principal {
        Principal(
            user: user,
            roles: roles,
            grants: streams.map { StreamGrants($0, user: user) },
            pairs: pairs,
            expiresAt: expiresAt,
            credential: .key(id),
            limits: limits
        )
    }
}
