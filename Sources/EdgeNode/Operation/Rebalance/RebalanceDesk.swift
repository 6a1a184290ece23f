import NIOCore
import Stores

/// Says what becomes of an order to send clients away. Pure; the time is passed in.
///
/// Whatever an order asks for: a node keeps as many clients as the order lets stay, sends no more than a quarter of them away at
/// once, and takes the next order only when the time of the last one is over.
struct RebalanceDesk: Sendable {
    /// The part of its clients that go at once, at most: one in so many.
    static let largestShare = 4

    /// When those of the last order have gone.
    private var busyUntil: NIODeadline?

    /// - Parameter clients: Those that are there.
    mutating func take(
        _ order: RebalanceOrder,
        clients: Int,
        isLeaving: Bool,
        at now: NIODeadline
    ) -> (outcome: OrderReceipt.Outcome, clients: Int) {
        if isLeaving { return (.leaving, 0) }
        if let busyUntil, now < busyUntil { return (.busy, 0) }
        let share = max(1, clients / Self.largestShare)
        let going = min(order.clients, share, clients - order.floor)
        guard going > 0 else { return (.nothing, 0) }
        busyUntil = now + .seconds(Int64(order.seconds))
        return (.taken, going)
    }

    /// How many of `going` are of each shard, as each has clients: their sum is `going`, or all where they are fewer.
    static func split(_ going: Int, among clients: [Int]) -> [Int] {
        let total = clients.reduce(0, +)
        guard total > going else { return clients }
        // What is left over goes to those that lost most by rounding down.
        var shares = clients.map { $0 * going / total }
        let remainders = clients.indices.sorted { clients[$0] * going % total > clients[$1] * going % total }
        for index in remainders.prefix(going - shares.reduce(0, +)) { shares[index] += 1 }
        return shares
    }
}
