/// Reads the header `Cache-Control` of an answer (RFC 9111, section 5.2.2). Pure.
package enum CacheControl {
    /// For how long the answer may be kept; zero where it may not; nil where the text says nothing of it.
    package static func lifetime(_ text: some StringProtocol) -> Duration? {
        var lifetime: Duration?
        for directive in text.split(separator: ",") {
            let parts = directive.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces() }
            switch parts.first?.lowercased() {
            case "no-store", "no-cache": return .zero
            case "max-age":
                let digits = parts.count == 2 ? parts[1].filter { $0 != "\"" } : ""
                guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { continue }
                // More digits than fit are a long time. Of two the shorter counts.
                let seconds = Duration.seconds(min(Int64(digits) ?? .max, 1 << 31))
                lifetime = min(lifetime ?? seconds, seconds)
            default: continue
            }
        }
        return lifetime
    }
}
