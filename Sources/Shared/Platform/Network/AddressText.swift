/// Addresses as people and logs may see them. Pure.
package enum AddressText {
    private static let hidden = "…"
    /// A gateway takes a key behind it.
    private static let keyPath = "/ws/"

    /// Without what may let somebody in: a login, all of a query, and a key behind `/ws/`. The text need not be an address.
    package static func withoutCredentials(_ text: String) -> String {
        var path = text[...]
        var end = ""
        if let query = path.firstIndex(of: "?") {
            path = path[..<query]
            end = "?" + hidden
        } else if let fragment = path.firstIndex(of: "#") {
            path = path[..<fragment]
        }
        var shown = String(path)
        if let key = shown.firstRange(of: keyPath), key.upperBound < shown.endIndex {
            shown.replaceSubrange(key.upperBound..., with: hidden)
        }
        let begin = shown.firstRange(of: "//")?.upperBound ?? shown.startIndex
        let authority = shown[begin...].prefix { $0 != "/" }
        if let login = authority.lastIndex(of: "@") { shown.replaceSubrange(begin..<login, with: hidden) }
        return shown + end
    }
}
