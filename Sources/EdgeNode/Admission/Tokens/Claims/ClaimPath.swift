/// Where a claim is, as a setting names it: `roles`, `realm_access.roles`, `https://example.com/roles`. A value.
///
/// A claim of that whole name wins; else the dots lead from object to object.
struct ClaimPath: Sendable, Hashable {
    private let name: String
    private let steps: [String]

    init(_ name: String) {
        self.name = name
        steps = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    /// Nil where there is no such claim.
    func value(in claims: [String: ClaimValue]) -> ClaimValue? {
        if let value = claims[name] { return value }
        var value = ClaimValue.object(claims)
        for step in steps {
            guard case .object(let fields) = value, let next = fields[step] else { return nil }
            value = next
        }
        return value
    }

    /// The texts of a list, or of one text with spaces in between; nil where there is no such claim. One of another kind
    /// refuses the token: to pass over it would widen what the token grants.
    func words(in claims: [String: ClaimValue], for purpose: String) throws(TokenFault) -> [String]? {
        switch value(in: claims) {
        case nil: return nil
        case .text(let text)?: return text.split(separator: " ").map(String.init)
        case .list(let values)?:
            var words: [String] = []
            for value in values {
                guard case .text(let word) = value else { throw .claim(purpose) }
                words.append(word)
            }
            return words
        case _?: throw .claim(purpose)
        }
    }
}
