import Core
import DequeModule
import HeapModule
import NIOCore
import Synchronization

/// One event loop of the node with the clients and the subscriber lists that live on it.
///
/// Everything here is touched on that loop only, so nothing locks. What the hub hands over is taken from the mailbox
/// turn by turn (`Shard+Turn`); frames are collected per client and sent once (`Egress`).
final class Shard {
    let index: Int
    let eventLoop: any EventLoop
    let settings: ConnectionSettings
    let node: NodeState
    let tokens: ResumeTokenSigner
    let dialects: DialectRegistry
    let counters: ShardCounters
    let hub: Hub
    let mailbox: ShardMailbox
    /// How many the node has.
    let shards: Int
    /// What was taken from the mailbox and not given to clients yet.
    var inbox: Deque<ShardItem> = []
    /// Frames that were written, on their way to the sockets.
    let egress: Egress
    // Safe: as in Egress.
    @exclusivity(unchecked) var deliveriesOfTurn = 0
    var isTurnScheduled = false
    /// Who is called from a turn must not begin another.
    var isInTurn = false
    /// When the last turn ended, and how long it took.
    var turnEnded = NIODeadline.uptimeNanoseconds(0)
    var turnDuration = TimeAmount.zero
    /// Since when one turn has followed the other.
    var busySince = NIODeadline.uptimeNanoseconds(0)
    /// How many clients the sweep that is under way has not looked at; nil where there is none.
    var sweepRest: Int?
    var fanOuts: [StreamName: StreamFanOut] = [:]
    var connections: [ClientConnection] = []
    /// Those that are due first come first.
    var throttled = Heap<Throttled>()
    var isReleaseScheduled = false
    /// The goodbyes of a drain; nil where there is none.
    var farewell: Farewell?

    init(
        index: Int,
        eventLoop: any EventLoop,
        settings: ConnectionSettings,
        node: NodeState,
        tokens: ResumeTokenSigner,
        dialects: DialectRegistry,
        counters: ShardCounters,
        hub: Hub,
        mailbox: ShardMailbox,
        shards: Int
    ) {
        self.index = index
        self.eventLoop = eventLoop
        self.egress = Egress(eventLoop: eventLoop, limits: settings.outbox, shards: shards, counters: counters)
        self.settings = settings
        self.node = node
        self.tokens = tokens
        self.dialects = dialects
        self.counters = counters
        self.hub = hub
        self.mailbox = mailbox
        self.shards = shards
    }

    // MARK: Connections

    func add(_ connection: ClientConnection) {
        connection.index = connections.count
        connections.append(connection)
        counters.connections.add()
        counters.connectionsEver.add()
    }
}

@available(*, unavailable)
extension Shard: Sendable {}
