/// In which form a process writes what other processes read: records, resume tokens, control messages. Each form is read
/// by every release that knows it, whatever is written, so that the programs of a gateway can be replaced one by one.
package enum WireVersion: String, Sendable, CaseIterable {
    case one = "1"
    case two = "2"

    /// As it stands in the bytes.
    package var number: UInt8 {
        switch self {
        case .one: 1
        case .two: 2
        }
    }

    /// Nil for one that this release does not read.
    package init?(number: Int64) {
        switch number {
        case 1: self = .one
        case 2: self = .two
        default: return nil
        }
    }

    /// For a refusal: "this release reads versions 1 and 2".
    package static let readable = allCases.map(\.rawValue).joined(separator: " and ")
}
