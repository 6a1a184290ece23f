import Foundation
import NIOCore

/// JSON read by Foundation: the judge of what the code under test writes.
enum Parsed {
    struct Unexpected: Error {}

    static func object(_ text: String) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw Unexpected()
        }
        return object
    }

    static func value(_ buffer: ByteBuffer) throws -> NSObject {
        let value = try JSONSerialization.jsonObject(with: Data(buffer.readableBytesView), options: .fragmentsAllowed)
        guard let value = value as? NSObject else { throw Unexpected() }
        return value
    }
}
