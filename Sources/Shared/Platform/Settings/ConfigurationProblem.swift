/// One thing that is wrong with the configuration; its description is one line for a person.
package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// The setting as it was written: a variable's name or a key of the file.
    package let name: String
    /// What is wrong and what would be right.
    package let reason: String
    /// nil when the setting wasn't given at all.
    package let origin: SettingOrigin?

    package var description: String {
        let line = "\(name): \(reason)"
        return origin.map { "\(line) (\($0))" } ?? line
    }
}
