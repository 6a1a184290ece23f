/// The date of an HTTP message: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). Pure.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(secondsSince1970 seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let (day, time) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let date = civil(day)
        let clock = [time / 3600, time / 60 % 60, time % 60].map { pad($0) }.joined(separator: ":")
        return "\(days[Int(day % 7)]), \(pad(date.day)) \(months[date.month - 1]) \(date.year) \(clock) GMT"
    }

    /// The calendar's date of a day since 1970, which was a Thursday. Years are counted from March on, so that the day
    /// that leap years add is their last.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int, day: Int64) {
        let shifted = day + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = Int(march < 10 ? march + 3 : march - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }

    private static func pad(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`; nil for what is none
    /// of these.
    static func secondsSince1970(_ text: some StringProtocol) -> Int64? {
        let parts = text.split { " ,-:".contains($0) }
        guard parts.count >= 7 else { return nil }
        let isOldest = months.contains(String(parts[1]))
        let (day, month, year) = isOldest ? (parts[2], parts[1], parts[6]) : (parts[1], parts[2], parts[3])
        let time = (isOldest ? parts[3...5] : parts[4...6]).compactMap { Int64($0) }
        guard let month = months.firstIndex(of: String(month)), let day = Int64(day), var year = Int64(year),
            time.count == 3, (1...31).contains(day), (0...9999).contains(year), (0...23).contains(time[0]),
            (0...59).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        return dayNumber(year, Int64(month) + 1, day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
    }

    /// Days since 1970-01-01 of the Gregorian calendar; years are counted from March, so that a leap day is the last.
    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
