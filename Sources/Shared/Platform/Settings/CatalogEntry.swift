/// A `Setting` whose value type doesn't matter: what the loader, the catalog and the settings table work with.
package protocol CatalogEntry: Sendable {
    var name: String { get }
    /// Empty when the default is to be unset.
    var defaultText: String { get }
    var unit: String { get }
    var bounds: String { get }
    var usedBy: Set<Program> { get }
    var isSecret: Bool { get }
    var summary: String { get }
    /// Completes "give ...": what would be right, with an example.
    var advice: String { get }

    /// The typed value that `text` spells, checked against the rule.
    func resolve(_ text: String) throws(SettingRefusal) -> any SettingValue
}

extension CatalogEntry {
    /// The top-level key in the YAML file.
    package var fileKey: String { name.lowercased() }
}
