import Core
import Crypto
import Platform

/// By what it is seen whether processes have the same shared secrets, without the secrets: of each key the first 32 bits of an HMAC
/// under it. A value.
///
/// Whoever reads the broker learns no more by it than by what is signed under the same keys there, or in clients' hands: he can
/// try a guess.
package struct KeyMarks: Sendable, Hashable {
    /// Of each setting; what somebody announces beyond is not looked at.
    static let maximum = 16
    private static let purpose = "tidegate key mark 1"

    /// Of `RESUME_TOKEN_KEY`: the one that signs first. Empty where it is not set.
    package var resume: [String] = []
    /// Of `CONTROL_KEY`.
    package var control: [String] = []

    package init() {}

    package init(_ settings: ResolvedSettings) {
        if let setting = settings[Settings.Clients.resumeTokenKey] {
            resume = Self.marks(KeyList(setting, minimumOfPairs: Settings.Clients.minimumPairedKeyLength))
        }
        if let setting = settings[Settings.Control.key],
            let list = KeyList(setting, minimumLength: Settings.Control.minimumKeyLength)
        {
            control = Self.marks(list)
        }
    }

    private static func marks(_ list: KeyList) -> [String] {
        list.keys.prefix(maximum).map { key in
            let secret = SymmetricKey(data: Array(key.secret.utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: secret)
            return code.prefix(4).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        }
    }

    func write(into json: inout JSONWriter) {
        json.object("keys") {
            $0.strings("resume", resume)
            $0.strings("control", control)
        }
    }

    /// The object that comes next. What this release does not know is passed over.
    static func read(_ cursor: inout JSONCursor) throws(JSONError) -> KeyMarks {
        var marks = KeyMarks()
        try cursor.object { (name, cursor) throws(JSONError) in
            if name.equals("resume") {
                marks.resume = try strings(&cursor)
            } else if name.equals("control") {
                marks.control = try strings(&cursor)
            } else {
                try cursor.skip()
            }
        }
        return marks
    }

    private static func strings(_ cursor: inout JSONCursor) throws(JSONError) -> [String] {
        var strings: [String] = []
        try cursor.array { (cursor) throws(JSONError) in
            let text = try cursor.plainString()
            if strings.count < maximum { strings.append(text) }
        }
        return strings
    }
}
