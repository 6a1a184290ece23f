import Logging
import Platform

/// What each line of the log about a client's connection says of it, in the same words on all (docs/operations.md). Made for a line
/// that is written and for no other.
struct ConnectionFields {
    /// Of the node's own, from 1 on, in the order in which they were accepted.
    let number: Int
    /// The client's; nil where it is not known.
    let address: IPAddress?

    /// - Parameter more: What else the line says.
    func with(_ more: Logger.Metadata) -> Logger.Metadata {
        var fields = more
        fields["connection"] = .stringConvertible(number)
        if let address { fields["address"] = "\(address)" }
        return fields
    }
}
