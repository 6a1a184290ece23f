/// Reads the header `Retry-After` of RFC 9110, 10.2.3: a number of seconds, or a date in one of the three forms of its
/// section 5.6.7. Pure.
package enum RetryAfter {
    /// Nobody is kept waiting for longer than this, whatever a header says.
    package static let maximum = Duration.seconds(600)

    /// How long to wait, up to `maximum`; nil where the text says nothing that can be read.
    ///
    /// - Parameter now: Seconds since 1970.
    package static func wait(_ text: some StringProtocol, now: Int64) -> Duration? {
        let text = text.drop { $0 == " " }
        if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber || $0 == " " }) {
            let digits = text.prefix { $0 != " " }
            // More digits than fit are a long wait.
            return min(.seconds(Int64(digits) ?? .max), maximum)
        }
        guard let date = HTTPDate.secondsSince1970(text) else { return nil }
        return min(max(.seconds(date - now), .zero), maximum)
    }
}
