import Core

/// A client protocol, chosen per request by the key that the request carries: the reply, and the data of the streams
/// that it subscribes, are in the same dialect.
package enum Dialect: UInt8, CaseIterable, Sendable {
    case op, action, type

    package var id: DialectID { DialectID(number: rawValue) }

    /// The key that carries the operation.
    package var key: String {
        switch self {
        case .op: "op"
        case .action: "action"
        case .type: "type"
        }
    }
}
