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
}
