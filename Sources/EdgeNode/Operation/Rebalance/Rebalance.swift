import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// Sends some of a node's clients away when it is ordered to, each with a token, so that they come to nodes which have fewer. Any
/// thread; bounded by `RebalanceDesk`.
///
/// Those who go are told as in a drain (`Farewell`), and served until they have gone. Once the node has no more clients than are
/// to stay, those that were not told yet stay.
final class Rebalance: Sendable {
    private struct State {
        var desk = RebalanceDesk()
        var receipt: OrderReceipt?
    }

    private let node: NodeState
    private let counters: [ShardCounters]
    private let ports: [ShardPort]
    private let logger: Logger
    private let state = Mutex(State())

    init(node: NodeState, counters: [ShardCounters], ports: [ShardPort], logger: Logger) {
        self.node = node
        self.counters = counters
        self.ports = ports
        self.logger = logger
    }

    /// What became of the last order; nil where there was none.
    var receipt: OrderReceipt? { state.withLock(\.receipt) }

    /// - Parameter nonce: Of the message that it came in.
    func take(_ order: RebalanceOrder, nonce: ControlNonce) {
        let counts = counters.map { $0.connections.get() }
        let clients = counts.reduce(0, +)
        let isLeaving = node.isLeaving.load(ordering: .relaxed)
        let (outcome, going) = state.withLock { state in
            let verdict = state.desk.take(order, clients: clients, isLeaving: isLeaving, at: .now())
            state.receipt = OrderReceipt(nonce: nonce, outcome: verdict.outcome, clients: verdict.clients)
            return verdict
        }
        logger.notice(
            "asked to send clients away",
            metadata: [
                "clients": "\(clients)", "asked": "\(order.clients)", "to_stay": "\(order.floor)",
                "outcome": "\(outcome.rawValue)", "going": "\(going)", "within_s": "\(order.seconds)",
            ]
        )
        guard going > 0 else { return }
        let window = TimeAmount.seconds(Int64(order.seconds))
        for (port, share) in zip(ports, RebalanceDesk.split(going, among: counts)) where share > 0 {
            port.eventLoop.execute {
                port.shard.value.clients.sendAway(share, window: window, keeping: order.floor)
            }
        }
    }
}
