/// A type that a setting can have: it reads itself from the text of an environment variable or a YAML scalar.
///
/// Every source is read as text and parsed here, so that the same spelling is right in all of them and a refusal
/// can quote what was written.
package protocol SettingValue: Sendable, Equatable {
    /// What a value is, with its article, for "is not ...": "a whole number".
    static var noun: String { get }

    /// The value that `text` (trimmed, not empty) spells; nil when it spells none.
    static func parse(_ text: String) -> Self?

    /// The text that `parse` turns into this value again.
    var settingText: String { get }
}
