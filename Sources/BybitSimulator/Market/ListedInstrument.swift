/// An instrument as the exchange's list of them tells it.
package struct ListedInstrument: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        /// It can be subscribed already.
        case preLaunch = "PreLaunch"
        case trading = "Trading"
        /// On its way to be closed.
        case settling = "Settling"
        case delivering = "Delivering"
        /// It can't be subscribed any more; what is subscribed goes on.
        case closed = "Closed"
    }

    package var symbol: String
    package var status: Status

    package init(symbol: String, status: Status = .trading) {
        self.symbol = symbol
        self.status = status
    }
}
