import FoundationEssentials
import NIOHTTP1

/// The secret that operators' pages ask for, as a bearer's or as the password of whatever user. A value; never printed.
package struct OperatorToken: Sendable, CustomStringConvertible {
    package static let minimumLength = 16

    private let bytes: [UInt8]

    /// - Parameter token: Not empty.
    package init(_ token: String) {
        precondition(!token.isEmpty, "an empty token admits everybody")
        bytes = Array(token.utf8)
    }

    package var description: String { "OperatorToken(not shown)" }

    package func admits(_ headers: HTTPHeaders) -> Bool {
        let fields = headers["authorization"]
        // Of two nobody could say which was meant.
        guard fields.count == 1 else { return false }
        let parts = fields[0].split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return false }
        let shown = parts[1].trimmingSpaces()
        switch parts[0].lowercased() {
        case "bearer": return isEqual(to: Array(shown.utf8))
        case "basic":
            guard let pair = Data(base64Encoded: shown), let colon = pair.firstIndex(of: UInt8(ascii: ":")) else {
                return false
            }
            return isEqual(to: Array(pair[pair.index(after: colon)...]))
        default: return false
        }
    }

    /// Takes as long for whatever differs: only the length of what was shown could be told from the time.
    private func isEqual(to shown: [UInt8]) -> Bool {
        var difference = shown.count ^ bytes.count
        for (index, byte) in shown.enumerated() { difference |= Int(byte ^ bytes[index % bytes.count]) }
        return difference == 0
    }
}
