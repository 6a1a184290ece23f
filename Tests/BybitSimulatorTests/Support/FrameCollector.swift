import Foundation
import NIOCore

@testable import BybitSimulator

/// A sink that keeps what it is sent, parsed.
final class FrameCollector: FrameSink {
    private(set) var texts: [String] = []

    func send(_ frame: ByteBuffer) {
        texts.append(String(buffer: frame))
    }

    func take() -> [[String: Any]] {
        defer { texts.removeAll() }
        return texts.map(JSON.object)
    }
}

enum JSON {
    static func object(_ text: String) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }
}

extension Dictionary where Key == String, Value == Any {
    func object(_ key: String) -> [String: Any] { self[key] as? [String: Any] ?? [:] }
    func objects(_ key: String) -> [[String: Any]] { self[key] as? [[String: Any]] ?? [] }
    func text(_ key: String) -> String? { self[key] as? String }
    func int(_ key: String) -> Int? { self[key] as? Int }
}
