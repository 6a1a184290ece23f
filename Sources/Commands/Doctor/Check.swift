/// One thing that is looked at. To add one, write a type of this form in the folder `Checks`, and its line in `Checks.all`.
package protocol Check: Sendable {
    /// As a report calls it.
    var name: String { get }

    /// What it has seen; nothing where what it looks at is not in use. It may take as long as `Surroundings.patience`, and does nothing
    /// that a gateway would notice.
    func findings(in surroundings: Surroundings) async -> [Finding]
}
