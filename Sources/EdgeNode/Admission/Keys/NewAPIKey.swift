import Core

/// An API key that has just been made: the only time that its text is known here. It never prints itself.
package struct NewAPIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// In front of each, so that people and scanners of repositories see what it is.
    static let prefix = "tg_"
    private static let randomBytes = 32

    /// The secret itself.
    package let text: String
    /// What the document is to have: SHA-256 of the text, in hexadecimal.
    package var digest: String { CredentialDigest(of: text).hexadecimal }

    package init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    init(using generator: inout some RandomNumberGenerator) {
        let bytes = (0..<Self.randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        text = Self.prefix + Base64URL.encode(bytes)
    }

    package var description: String { "a new API key" }

    package var debugDescription: String { description }
}
