import Platform

/// What is known of a connection before anything was read of it but a header of the PROXY protocol. A value.
struct Arrival: Sendable {
    enum Verdict: Sendable, Equatable {
        /// Its address is a proxy's, or not known: whoever is behind it is judged with its request.
        case later
        /// It has its place among those of its address, as long as it is open.
        case welcome
        /// It is there to be told so.
        case refused(AddressRefusal)
    }

    /// By which the log tells the connection from others of the node; 0 where nobody has counted.
    var number = 0
    /// At the other end of the socket, or whom the PROXY protocol has named; nil where that is not known.
    var address: IPAddress?
    var verdict = Verdict.later

    var fields: ConnectionFields { ConnectionFields(number: number, address: address) }
}
