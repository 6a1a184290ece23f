import Foundation

/// The path of a Python script that tests of several targets run: they are in `Tests/TestSupport/Python`.
package enum SharedScript {
    /// An OpenID provider that logs the users in which it is given.
    package static let openIDProvider = path("openid.py")

    private static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Python/\(name)").path
    }
}
