/// The section `keys` of the document: the API keys that are taken. Bounded by the length of the document.
///
/// ```yaml
/// keys:
///   - id: charts
///     sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
///     name: the charts on our site
///     user: site
///     roles: [reader]
///     streams: ["ticker.*", "orders.$sub"]
///     pairs: [BTCUSDT, ETHUSDT]
///     limits: {subscriptions: 50, messageRate: 20, connections: 10}
///     expires: 2027-01-31
///     disabled: false
/// ```
/// `id` and `sha256` are needed. `id` is what logs and revocations call the key, `sha256` is of its text; `tidegate keys new`
/// makes both. `streams` and `pairs` narrow what the policies grant; `expires` is a day (its beginning, UTC) or a time.
package struct KeysSection: DocumentSection {
    package static let key = "keys"

    package let keys: [APIKey]

    package init(_ node: DocumentNode) throws(DocumentError) {
        var ids: Set<String> = []
        var digests: Set<String> = []
        keys = try node.entries { entry throws(DocumentError) in
            let key = try APIKey(entry)
            guard ids.insert(key.id).inserted else { throw entry.refusal("has the id of another key: \(key.id)") }
            guard digests.insert(key.sha256).inserted else { throw entry.refusal("has the sha256 of another key") }
            return key
        }
    }
}
