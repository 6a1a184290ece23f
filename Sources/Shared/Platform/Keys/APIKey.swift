import Core

/// An API key as the document has it: who shows it, and what that one may. A value; the key itself is not in it.
package struct APIKey: Sendable, Hashable {
    private static let longestID = 64

    package let id: String
    /// Of the key's text: 64 hexadecimal digits in lower case.
    package let sha256: String
    /// For people: whose it is, or what for.
    package let name: String?
    package let user: String
    package let roles: Set<String>
    /// Patterns; nil for no narrowing.
    package let streams: [String]?
    package let pairs: Set<String>?
    package let limits: PrincipalLimits
    /// Milliseconds since 1970; nil for never.
    package let expiresAt: Int64?
    package let isDisabled: Bool

    /// Throws all that is wrong with the first field that is.
    init(_ entry: DocumentNode) throws(DocumentError) {
        let fields = try entry.fields(
            ["name", "user", "roles", "streams", "pairs", "limits", "expires", "disabled"],
            requiring: ["id", "sha256"]
        )
        let id = try fields.required("id")
        self.id = try id.text()
        guard Self.isID(self.id) else {
            throw id.refusal("is no name of a key: give letters, digits, '-', '_' and '.', \(Self.longestID) at most")
        }
        sha256 = try Self.digest(fields.required("sha256"))
        name = try fields["name"]?.text()
        let user = try Self.user(fields["user"])
        self.user = user ?? Self.user(ofKey: self.id)
        roles = Set(try fields["roles"]?.texts() ?? [])
        streams = try Self.patterns(fields["streams"], hasUser: user != nil)
        pairs = try Self.symbols(fields["pairs"])
        limits = try fields["limits"].map { node throws(DocumentError) in try Self.limits(node) } ?? PrincipalLimits()
        expiresAt = try fields["expires"]?.time()
        isDisabled = try fields["disabled"]?.choice(of: [("true", true), ("false", false)]) ?? false
    }

    /// Whether `text` may name a key in the document.
    package static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= longestID
            && text.utf8.allSatisfy { StreamName.isPart(String(UnicodeScalar($0))) || $0 == UInt8(ascii: ".") }
    }

    /// Whoever shows a key that stands for no user is one by itself, and never one of those that tokens name: no stream of
    /// a user is its own.
    package static func user(ofKey id: String) -> String { ownUserPrefix + id }

    private static let ownUserPrefix = "key:"

    /// Whether `user` is what only a key may be by itself.
    package static func isOwnUser(_ user: String) -> Bool { user.hasPrefix(ownUserPrefix) }

    private static func digest(_ node: DocumentNode) throws(DocumentError) -> String {
        let text = try node.text().lowercased()
        guard text.utf8.count == 64, text.utf8.allSatisfy({ (97...102).contains($0) || (48...57).contains($0) }) else {
            // It may be the key itself: it is not repeated.
            throw node.refusal(
                "is not the SHA-256 of a key: give 64 hexadecimal digits, as `tidegate keys new` prints them"
            )
        }
        return text
    }

    private static func user(_ node: DocumentNode?) throws(DocumentError) -> String? {
        guard let node else { return nil }
        let text = try node.text()
        guard UserPart(of: text) != nil else {
            throw node.refusal(
                "is empty, or too long for a stream's name: give \(UserPart.maximumLength) bytes at most"
            )
        }
        guard !isOwnUser(text) else { throw node.refusal("begins with 'key:', as only keys without a user are called") }
        return text
    }

    private static func patterns(_ node: DocumentNode?, hasUser: Bool) throws(DocumentError) -> [String]? {
        try node?.entries { entry throws(DocumentError) in
            let text = try entry.text()
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count > 1, parts.allSatisfy({ $0 == "*" || $0 == "$sub" || StreamName.isPart($0) }) else {
                throw entry.refusal(
                    "is \(quotedForMessage(text)): give parts with dots in between, each a word, '*' or '$sub', like ticker.*"
                )
            }
            guard hasUser || !parts.contains("$sub") else {
                throw entry.refusal("has '$sub', and the key has no 'user' that it could stand for")
            }
            return text
        }
    }

    private static func symbols(_ node: DocumentNode?) throws(DocumentError) -> Set<String>? {
        guard let node else { return nil }
        return Set(
            try node.entries { entry throws(DocumentError) in
                let text = try entry.text()
                guard !text.isEmpty, text.utf8.allSatisfy({ (65...90).contains($0) || (48...57).contains($0) }) else {
                    throw entry.refusal(
                        "is \(quotedForMessage(text)): give a pair in capitals without separators, like BTCUSDT"
                    )
                }
                return text
            }
        )
    }

    private static func limits(_ node: DocumentNode) throws(DocumentError) -> PrincipalLimits {
        let fields = try node.fields(["subscriptions", "messageRate", "connections"])
        return PrincipalLimits(
            subscriptions: try fields["subscriptions"]?.number(within: 1...100_000),
            messageRate: try fields["messageRate"]?.number(within: 1...1_000_000),
            connections: try fields["connections"]?.number(within: 1...1_000_000)
        )
    }
}
