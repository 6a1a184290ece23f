/// Secret keys as a setting gives them: one, or `id:key,id:key`. The first signs, all are taken, so that a key can be changed
/// while what the one before has signed is about. A value; it never prints a key.
///
/// An id has 1 to 16 of the characters a-z, A-Z, 0-9, '-' and '_'; a key of that form has no comma. What is not wholly of that
/// form is one key, as it stands, without an id.
package struct KeyList: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package struct Key: Sendable {
        /// Empty where the setting has none. It says which key to try first, and nothing else.
        package let id: String
        package let secret: String
    }

    /// Never empty.
    package let keys: [Key]

    /// Any text: what has a pair whose key is shorter than `minimumOfPairs` characters is one key, as it stands. An id may be there
    /// twice.
    package init(_ setting: String, minimumOfPairs: Int) {
        let pairs = Self.pairs(setting).flatMap { pairs in
            pairs.allSatisfy { $0.secret.count >= minimumOfPairs } ? pairs : nil
        }
        keys = pairs ?? [Key(id: "", secret: setting)]
    }

    /// Nil where a key is shorter than `minimumLength` bytes, or an id is there twice.
    package init?(_ setting: String, minimumLength: Int) {
        let keys = Self.pairs(setting) ?? [Key(id: "", secret: setting)]
        guard keys.allSatisfy({ $0.secret.utf8.count >= minimumLength }), Set(keys.map(\.id)).count == keys.count
        else { return nil }
        self.keys = keys
    }

    /// For the log: ids, never keys.
    package var description: String {
        guard let signing = keys.first, !signing.id.isEmpty else { return "one key without an id" }
        return (["\(signing.id), which signs"] + keys.dropFirst().map(\.id)).joined(separator: ", ")
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: []) }

    private static func pairs(_ setting: String) -> [Key]? {
        var keys: [Key] = []
        for pair in setting.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = String(pair).trimmingSpaces().split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2, (1...16).contains(parts[0].utf8.count), parts[0].utf8.allSatisfy(isOfID) else {
                return nil
            }
            keys.append(Key(id: String(parts[0]), secret: String(parts[1])))
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
}
