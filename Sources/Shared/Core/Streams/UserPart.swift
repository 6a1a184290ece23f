/// A user's name as it stands in a stream's name: `auth0|123` is `auth0%7C123`, and `*` is `%2A`. A value.
///
/// Each byte that is no letter, digit, `-` or `_` is written as `%` and two hexadecimal digits in capitals: so a user is one part of
/// a name whatever it is called, and no two users are the same part.
package struct UserPart: Sendable, Hashable {
    package static let maximumLength = 128

    package let text: String

    /// Nil where `user` is empty, or would be longer than `maximumLength` bytes.
    package init?(of user: String) {
        var text = ""
        for byte in user.utf8 {
            if StreamName.isPlain(byte) {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                text += "%"
                text.unicodeScalars.append(Self.digit(byte >> 4))
                text.unicodeScalars.append(Self.digit(byte & 15))
            }
        }
        guard !text.isEmpty, text.utf8.count <= Self.maximumLength else { return nil }
        self.text = text
    }

    private static func digit(_ value: UInt8) -> UnicodeScalar {
        UnicodeScalar(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10)
    }
}
