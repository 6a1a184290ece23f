import Core
import Platform
import Stores

/// What somebody asks to be taken back, made into what nodes know it by. A credential itself never gets into it, so what is sent and
/// remembered lets nobody in. Pure.
package enum RevocationTarget {
    /// Why it is not taken, for the person who gave it; without what was given.
    package struct Refused: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// How each JWT begins: `{"` in base64url.
    private static let beginningOfToken = "eyJ"
    private static let shortestKey = 40
    /// Of SHA-256 in hexadecimal; a longer text may be a credential.
    private static let longestID = 64

    /// Of a whole JWT both: one that is judged by a service is known by its SHA-256 only, and the signature of some kinds can be written in
    /// a second way, which has another SHA-256.
    ///
    /// - Parameter text: The claim `jti`, SHA-256 of the token's text in hexadecimal, or a JWT itself.
    package static func token(_ text: String) throws(Refused) -> [Revocation.Subject] {
        let text = bare(text)
        guard !isKey(text) else {
            throw Refused(
                description: "that is an API key, not a token: give --key with the id of its entry in the document"
            )
        }
        if let id = identifier(ofToken: text) {
            return [.token(CredentialDigest(of: text).hexadecimal)] + (id.isEmpty ? [] : [.token(id)])
        }
        guard !text.hasPrefix(beginningOfToken) else {
            throw Refused(
                description:
                    "that begins like a token and is no whole one: give all of it, or its claim jti, or SHA-256 of its text"
            )
        }
        guard text.utf8.count <= longestID else {
            throw Refused(
                description:
                    "that is longer than a jti or SHA-256 in hexadecimal: of a token that is no JWT give SHA-256 of its text"
            )
        }
        return [.token(try checked(text))]
    }

    /// As it stands in a header, or with the end of the line behind it, it is the same token.
    private static func bare(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : words.joined(separator: " ")
    }

    /// - Parameter text: The id of the key's entry in the document.
    package static func key(_ text: String) throws(Refused) -> Revocation.Subject {
        guard !isKey(text) else {
            throw Refused(description: "that is an API key itself: give the id of its entry in the document")
        }
        guard CredentialDigest(hexadecimal: text) == nil else {
            throw Refused(
                description:
                    "that looks like SHA-256 of a key: give the id of its entry in the document, or, where AUTH_URL judges "
                    + "it, give its SHA-256 with --token"
            )
        }
        try refuseToken(text)
        guard APIKey.isID(text) else {
            throw Refused(
                description:
                    "that is no id of a key's entry in the document, which has letters, digits, '-', '_' and '.', 64 at most"
            )
        }
        return .key(text)
    }

    package static func user(_ text: String) throws(Refused) -> Revocation.Subject {
        guard !isKey(text) else {
            throw Refused(
                description: "that is an API key, not a user: give --key with the id of its entry in the document"
            )
        }
        try refuseToken(text)
        return .user(try checked(text))
    }

    private static func refuseToken(_ text: String) throws(Refused) {
        guard identifier(ofToken: text) != nil else { return }
        throw Refused(description: "that is a token: give it with --token")
    }

    private static func checked(_ text: String) throws(Refused) -> String {
        guard (1...Revocation.maximumLength).contains(text.utf8.count) else {
            throw Refused(description: "a user, or what names a token, has 1 to \(Revocation.maximumLength) bytes")
        }
        return text
    }

    /// The claim `jti` of a token in one of the compact forms, empty where it has none or that can't be seen; nil for what is no token.
    private static func identifier(ofToken text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, fields(parts[0])?["alg"] != nil else { return nil }
        guard case .text(let id)? = fields(parts[1])?["jti"], id.utf8.count <= Revocation.maximumLength else {
            return ""
        }
        return id
    }

    private static func fields(_ part: Substring) -> [String: ClaimValue]? {
        guard let bytes = Base64URL.decode(String(part)), case .success(.object(let fields)) = ClaimValue.read(bytes)
        else { return nil }
        return fields
    }

    /// As `tidegate keys new` makes them.
    private static func isKey(_ text: String) -> Bool {
        text.hasPrefix(NewAPIKey.prefix) && text.utf8.count >= shortestKey
    }
}
