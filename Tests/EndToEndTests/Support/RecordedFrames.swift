import Foundation

/// Real frames of the exchange, which lie outside of this repository: `../shared/bybit/frames/*.jsonl`.
enum RecordedFrames {
    static let folder = BuiltProducts.packageRoot.appendingPathComponent("../shared/bybit/frames").standardized

    static let files: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasSuffix(".jsonl") }.sorted()
    }()

    /// A copy of a recording outside of the repository, with topics that the exchange still has: depth 500 is gone, and
    /// its frames differ from those of depth 1000 only in the name.
    static func copy(of name: String) throws -> URL {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString)-\(name)")
        try text.replacingOccurrences(of: "\"orderbook.500.", with: "\"orderbook.1000.")
            .write(to: copy, atomically: true, encoding: .utf8)
        return copy
    }
}
