import Foundation

/// Frames of the exchange that were recorded, beside the package's own folder. They are not part of the package: where
/// they are absent, the tests that need them are skipped.
enum RecordedFrames {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/bybit/frames")

    static var areThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

    static func lines(_ file: String) throws -> [String] {
        try String(contentsOf: folder.appending(path: file), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The lines of one topic, each with what Foundation makes of it.
    static func frames(_ file: String, topic: String) throws -> [(text: String, object: [String: Any])] {
        try lines(file).map { (text: $0, object: try Parsed.object($0)) }.filter {
            $0.object["topic"] as? String == topic
        }
    }
}
