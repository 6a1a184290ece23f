/// A setting whose values are a closed list of words, accepted in any case.
package protocol SettingChoice: SettingValue, CaseIterable, RawRepresentable where RawValue == String {}

extension SettingChoice {
    package static var noun: String { "one of the known values" }

    package static func parse(_ text: String) -> Self? {
        let word = text.lowercased()
        return allCases.first { $0.rawValue.lowercased() == word }
    }

    package var settingText: String { rawValue }
}
