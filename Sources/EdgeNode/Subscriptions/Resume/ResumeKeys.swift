import Crypto
import Platform

/// The keys of resume tokens, as `RESUME_TOKEN_KEY` gives them: one key, or `id:key,id:key`. The first signs, all are
/// taken, so that a key can be changed while tokens of the one before are about. Never empty; immutable.
///
/// An id has 1 to 16 of the characters a-z, A-Z, 0-9, '-' and '_', a key of that form 16 characters or more and no
/// comma. What is not wholly of that form is one key, as it stands, without an id.
package struct ResumeKeys: Sendable {
    struct Key: Sendable {
        /// Stands in the token; empty where the setting has none. It says which key to try first, and nothing else.
        let id: String
        let secret: SymmetricKey
    }

    let signing: Key
    private let others: [Key]

    /// Of a key of its own where the setting has none: under it no other node's tokens are good.
    package init(_ setting: String?) {
        let keys = setting.flatMap(Self.keys) ?? []
        signing = keys.first ?? Key(id: "", secret: setting.map(Self.secret) ?? SymmetricKey(size: .bits256))
        others = Array(keys.dropFirst())
    }

    /// All, those with this id first: a setting that was given ids later, or others, has signed what has none of these.
    func all(first id: String?) -> [Key] {
        let keys = [signing] + others
        return keys.filter { $0.id == id } + keys.filter { $0.id != id }
    }

    /// For the log: ids, never keys.
    package var words: String {
        guard !signing.id.isEmpty else { return "one key without an id" }
        return (["\(signing.id), which signs"] + others.map(\.id)).joined(separator: ", ")
    }

    private static func keys(_ setting: some StringProtocol) -> [Key]? {
        var keys: [Key] = []
        for pair in setting.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = String(pair).trimmingSpaces().split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2, (1...16).contains(parts[0].utf8.count), parts[1].count >= 16,
                parts[0].utf8.allSatisfy(isOfID)
            else { return nil }
            keys.append(Key(id: String(parts[0]), secret: secret(parts[1])))
        }
        return keys
    }

    private static func isOfID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func secret(_ text: some StringProtocol) -> SymmetricKey { SymmetricKey(data: Array(text.utf8)) }
}
