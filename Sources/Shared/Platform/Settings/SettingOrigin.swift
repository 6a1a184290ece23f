/// Where a setting's value came from. The environment wins over the file; a setting in neither has its default.
package enum SettingOrigin: Sendable, Equatable, CustomStringConvertible {
    case environment
    case file(String)

    package var description: String {
        switch self {
        case .environment: "from the environment"
        case .file(let path): "from the file \(path)"
        }
    }
}
