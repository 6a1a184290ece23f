/// One setting as a process has it, for whoever wants to see them all. A value without secrets.
package struct ListedSetting: Sendable, Hashable {
    package let name: String
    /// Nil for a secret that was given.
    package let text: String?
    /// "from the environment", "from the file /etc/tidegate.yaml", or "default".
    package let source: String
    package let isDefault: Bool
}
