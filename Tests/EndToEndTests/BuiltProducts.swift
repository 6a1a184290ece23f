import Foundation

/// Where the executables are that were built beside these tests.
enum BuiltProducts {
    /// The folder that the test bundle runs from.
    static let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

    static func executable(_ name: String) -> URL { folder.appendingPathComponent(name) }
}
