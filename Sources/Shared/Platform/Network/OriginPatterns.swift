/// Origins of pages, written with commas in between. A value.
package struct OriginPatterns: Sendable, Equatable {
    private let patterns: [OriginPattern]

    /// Whether a page may connect of which a browser says that it is of this origin.
    package func match(_ text: String) -> Bool {
        guard let origin = OriginPattern.origin(text) else { return false }
        return patterns.contains { $0.matches(origin) }
    }
}

extension OriginPatterns: SettingValue {
    package static var noun: String { "a list of origins" }

    package static func parse(_ text: String) -> OriginPatterns? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let patterns = parts.compactMap { OriginPattern($0.trimmingSpaces()) }
        return patterns.count == parts.count ? OriginPatterns(patterns: patterns) : nil
    }

    package var settingText: String { patterns.map(\.description).joined(separator: ",") }
}
