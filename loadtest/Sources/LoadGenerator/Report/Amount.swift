import Foundation

/// Numbers as people read them.
enum Amount {
    /// `1,234,567`.
    static func count(_ value: Int) -> String {
        var groups: [Substring] = []
        var digits = Substring("\(value.magnitude)")
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        groups.insert(digits, at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    static func decimal(_ value: Double, digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }

    /// Microseconds, in the unit that suits them.
    static func time(microseconds: Int) -> String {
        switch microseconds {
        case ..<1000: "\(microseconds) µs"
        case ..<1_000_000: "\(decimal(Double(microseconds) / 1000)) ms"
        default: "\(decimal(Double(microseconds) / 1_000_000)) s"
        }
    }

    static func counts(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) × \(count($0.value))" }.joined(separator: ", ")
    }
}
