/// How the connection to a broker or a history is, for `/health` and `/stats`.
package enum StoreStatus: Sendable, Hashable, CustomStringConvertible {
    case connected
    /// With what went wrong last, in words and without secrets.
    case disconnected(reason: String)
    /// There is none to be connected to.
    case unused

    /// The word on the pages.
    package var word: String {
        switch self {
        case .connected: "connected"
        case .disconnected: "disconnected"
        case .unused: "unused"
        }
    }

    package var description: String {
        if case .disconnected(let reason) = self { "disconnected: \(reason)" } else { word }
    }

    package var isUsable: Bool { if case .disconnected = self { false } else { true } }
}
