/// Reads the header `Retry-After` of RFC 9110, 10.2.3: a number of seconds, or a date in one of the three forms of its
/// section 5.6.7. Pure.
package enum RetryAfter {
    /// Nobody is kept waiting for longer than this, whatever a header says.
    package static let maximum = Duration.seconds(600)

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

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
        guard let date = seconds(text.split { " ,-:".contains($0) }) else { return nil }
        return min(max(.seconds(date - now), .zero), maximum)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
    private static func seconds(_ parts: [some StringProtocol]) -> Int64? {
        guard parts.count >= 7 else { return nil }
        let isOldest = months.contains(String(parts[1]))
        let (day, month, year) = isOldest ? (parts[2], parts[1], parts[6]) : (parts[1], parts[2], parts[3])
        let time = (isOldest ? parts[3...5] : parts[4...6]).compactMap { Int64($0) }
        guard let month = months.firstIndex(of: String(month)), let day = Int64(day), var year = Int64(year),
            time.count == 3, (1...31).contains(day), (0...9999).contains(year), (0...23).contains(time[0]),
            (0...59).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        return days(year, Int64(month) + 1, day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
    }

    /// Days since 1970-01-01 of the Gregorian calendar; years are counted from March, so that a leap day is the last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
