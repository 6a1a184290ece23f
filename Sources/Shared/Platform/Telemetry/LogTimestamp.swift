#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A wall-clock time in milliseconds since 1970, printed as RFC 3339 in UTC: `2026-11-21T00:45:07.012Z`.
package struct LogTimestamp: Sendable, Equatable, CustomStringConvertible {
    package let milliseconds: Int

    package init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    package static var now: LogTimestamp {
        var time = timespec()
        // Fails only for a clock that doesn't exist.
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTimestamp(milliseconds: Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000)
    }

    package var description: String {
        var seconds = time_t(milliseconds.flooredQuotient(by: 1000))
        var calendar = tm()
        gmtime_r(&seconds, &calendar)
        let date = "\(calendar.tm_year + 1900)-\(pad(calendar.tm_mon + 1))-\(pad(calendar.tm_mday))"
        let time = "\(pad(calendar.tm_hour)):\(pad(calendar.tm_min)):\(pad(calendar.tm_sec))"
        let fraction = milliseconds - milliseconds.flooredQuotient(by: 1000) * 1000
        return "\(date)T\(time).\(pad(CInt(fraction), to: 3))Z"
    }

    private func pad(_ number: CInt, to width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int {
    /// Division that rounds down for negative numbers too: a moment before 1970 belongs to the second before.
    fileprivate func flooredQuotient(by divisor: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
