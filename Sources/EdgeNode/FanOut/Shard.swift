import NIOCore
import Shared
import Synchronization

/// One event loop of the node with the clients and the subscriber lists that live on it.
///
/// Everything here is touched on that loop only, so nothing locks. What the hub hands over is taken from the mailbox
/// once per wake-up; frames are collected per client and flushed once.
final class Shard {
    let index: Int
    let eventLoop: any EventLoop
    let settings: ConnectionSettings
    let node: NodeState
    let tokens: ResumeTokenSigner
    let counters: ShardCounters
    let hub: Hub
    let mailbox: ShardMailbox
    /// A frame is copied once per shard when several shards would otherwise count references to the same bytes.
    let copiesFrames: Bool
    var fanOuts: [StreamName: StreamFanOut] = [:]
    var connections: [ClientConnection] = []
    private var dirty: [ClientConnection] = []
    var throttled: [Subscription] = []
    var isReleaseScheduled = false
    /// The goodbyes of a drain; nil where there is none.
    var farewell: Farewell?
    /// Whether the mail is being delivered: who is called from there must not begin anew.
    var isTakingMail = false
    /// When the mail was last delivered, and how long that took.
    var mailTaken = NIODeadline.uptimeNanoseconds(0)
    var mailDuration = TimeAmount.zero
    var isMailDue = false

    init(
        index: Int,
        eventLoop: any EventLoop,
        settings: ConnectionSettings,
        node: NodeState,
        tokens: ResumeTokenSigner,
        counters: ShardCounters,
        hub: Hub,
        mailbox: ShardMailbox,
        copiesFrames: Bool
    ) {
        self.index = index
        self.eventLoop = eventLoop
        self.settings = settings
        self.node = node
        self.tokens = tokens
        self.counters = counters
        self.hub = hub
        self.mailbox = mailbox
        self.copiesFrames = copiesFrames
    }

    // MARK: Connections

    func add(_ connection: ClientConnection) {
        connection.index = connections.count
        connections.append(connection)
        counters.connections.add()
        counters.connectionsEver.add()
    }

    func flushLater(_ connection: ClientConnection) { dirty.append(connection) }

    func flush() {
        guard !dirty.isEmpty else { return }
        let connections = dirty
        dirty.removeAll(keepingCapacity: true)
        for connection in connections { connection.flushNow() }
    }
}

@available(*, unavailable)
extension Shard: Sendable {}
