/// Networks, written with commas in between. A value; those that are asked for are looked at one by one.
package struct IPRanges: Sendable, Equatable {
    private let ranges: [IPRange]

    package static let none = IPRanges([])

    package init(_ ranges: [IPRange]) {
        self.ranges = ranges
    }

    package var isEmpty: Bool { ranges.isEmpty }

    package func contains(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }
}

extension IPRanges: SettingValue {
    package static var noun: String { "a list of networks" }

    package static func parse(_ text: String) -> IPRanges? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let ranges = parts.compactMap { IPRange($0.trimmingSpaces()) }
        return ranges.count == parts.count ? IPRanges(ranges) : nil
    }

    package var settingText: String { ranges.map(\.description).joined(separator: ",") }
}
