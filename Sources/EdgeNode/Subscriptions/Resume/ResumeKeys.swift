import Crypto
import Platform

/// The keys of resume tokens, as `RESUME_TOKEN_KEY` gives them: one key, or `id:key,id:key` (`KeyList`) with keys of 16 characters or
/// more. The first signs, all are taken, so that a key can be changed while tokens of the one before are about. Never empty;
/// immutable.
package struct ResumeKeys: Sendable {
    struct Key: Sendable {
        /// Stands in the token; empty where the setting has none. It says which key to try first, and nothing else.
        let id: String
        let secret: SymmetricKey
    }

    let signing: Key
    private let others: [Key]
    /// For the log: ids, never keys.
    package let words: String

    /// Of a key of its own where the setting has none: under it no other node's tokens are good.
    package init(_ setting: String?) {
        let list = setting.map { KeyList($0, minimumOfPairs: Settings.Clients.minimumPairedKeyLength) }
        let keys = (list?.keys ?? []).map { Key(id: $0.id, secret: SymmetricKey(data: Array($0.secret.utf8))) }
        signing = keys.first ?? Key(id: "", secret: SymmetricKey(size: .bits256))
        others = Array(keys.dropFirst())
        words = list?.description ?? "one key without an id"
    }

    /// All, those with this id first: a setting that was given ids later, or others, has signed what has none of these.
    func all(first id: String?) -> [Key] {
        let keys = [signing] + others
        return keys.filter { $0.id == id } + keys.filter { $0.id != id }
    }
}
