/// Somebody who is let in. A value.
package struct Admitted: Sendable {
    package var principal: Principal
    /// The one of those that the client has offered in `Sec-WebSocket-Protocol` that the answer selects; nil for none.
    package var subprotocol: String?
    /// What has been taken for it, to be freed when the connection has ended, or was not let in after all.
    package var seats: [any Seat]

    package static let anonymous = Admitted(.anonymous)

    package init(_ principal: Principal, subprotocol: String? = nil, seats: [any Seat] = []) {
        self.principal = principal
        self.subprotocol = subprotocol
        self.seats = seats
    }

    func free() {
        for seat in seats { seat.free() }
    }
}
