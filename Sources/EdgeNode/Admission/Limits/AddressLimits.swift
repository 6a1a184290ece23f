import NIOCore
import Platform
import Synchronization

/// How many connections one address may have, how often it may connect, and how often all of them together: the limits of a
/// node for those whom it does not know yet. Any thread; a lock is held for one entry of `AddressTable`.
///
/// An address is judged once for each connection: where it is the client's own, when the connection is accepted, and behind
/// proxies with the request for a WebSocket.
package final class AddressLimits: Sendable {
    package struct Bounds: Sendable, Equatable {
        /// Connections of one address at a time; nil for no limit.
        package var connections: Int?
        /// Connects of one address in a second.
        package var rate: Int?
        /// Requests for a WebSocket in a second, of all together.
        package var nodeRate: Int?

        package init(connections: Int? = nil, rate: Int? = nil, nodeRate: Int? = nil) {
            self.connections = connections
            self.rate = rate
            self.nodeRate = nodeRate
        }
    }

    enum Entrance {
        /// - Parameter seat: Nil where nothing is counted.
        case admitted(seat: (any Seat)?)
        /// To be told so.
        case refused(AddressRefusal, seat: any Seat)
        case turnedAway(AddressRefusal)
    }

    let counters = RefusalCounters()
    private let table: Mutex<AddressTable>
    private let judgesAddresses: Bool
    private let nodeRate: ConnectRate?
    private let nodeDue = Mutex(NIODeadline.uptimeNanoseconds(0))
    private let now: @Sendable () -> NIODeadline

    package init(_ bounds: Bounds = Bounds(), now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        table = Mutex(AddressTable(limit: bounds.connections, rate: bounds.rate.map { ConnectRate(perSecond: $0) }))
        judgesAddresses = bounds.connections != nil || bounds.rate != nil
        nodeRate = bounds.nodeRate.map { ConnectRate(perSecond: $0) }
        self.now = now
    }

    /// One more connection of an address; where that is not known it is let in.
    ///
    /// - Parameter room: How many of one address may be there at a time to be told that they are refused.
    func enter(_ address: IPAddress?, room: Int = 0) -> Entrance {
        guard judgesAddresses, let address else { return .admitted(seat: nil) }
        let group = AddressGroup(of: address)
        switch table.withLock({ $0.enter(group, room: room, at: now()) }) {
        case .admitted: return .admitted(seat: AddressSeat(group, wasRefused: false, of: self))
        case .refused(let refusal):
            counters.count(refusal)
            return .refused(refusal, seat: AddressSeat(group, wasRefused: true, of: self))
        case .turnedAway(let refusal):
            counters.count(refusal)
            return .turnedAway(refusal)
        }
    }

    /// One more request for a WebSocket; nil where it may come in, otherwise how long until one may.
    func enterNode() -> TimeAmount? {
        guard let nodeRate else { return nil }
        let wait = nodeDue.withLock { nodeRate.admit(&$0, at: now()) }
        if wait != nil { counters.nodeRate.add() }
        return wait
    }

    fileprivate func leave(_ group: AddressGroup, wasRefused: Bool) {
        table.withLock { $0.leave(group, wasRefused: wasRefused, at: now()) }
    }
}

/// One of an address's connections.
private final class AddressSeat: Seat {
    private let group: AddressGroup
    private let wasRefused: Bool
    private let limits: AddressLimits

    init(_ group: AddressGroup, wasRefused: Bool, of limits: AddressLimits) {
        self.group = group
        self.wasRefused = wasRefused
        self.limits = limits
    }

    func free() { limits.leave(group, wasRefused: wasRefused) }
}
