/// What a broker and a history have in common: a connection that comes and goes. Any thread may ask.
package protocol StoreConnection: Sendable {
    /// How the connection is now.
    var status: StoreStatus { get }

    /// How often a connection was there again after it was lost.
    var reconnects: Int { get }
}

extension StoreConnection {
    /// For those that have none.
    package var reconnects: Int { 0 }
}
