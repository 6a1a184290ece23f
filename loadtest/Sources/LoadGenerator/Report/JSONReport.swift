import Foundation

/// What a run has measured, as programs read it: keys in order, and what has no value left out.
package protocol JSONReport: Codable {}

extension JSONReport {
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
