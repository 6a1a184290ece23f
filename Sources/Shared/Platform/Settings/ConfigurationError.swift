/// Stops a process at its start: everything that is wrong with its configuration, so that it can be put right in
/// one go. Its description has one line for each problem and never a secret.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// In the order of the catalog, unknown names last; never empty.
    package let problems: [ConfigurationProblem]

    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
