import Core
import NIOCore

/// Asks one node to send some of its clients away. A value. On the wire, as the body of a signed message on the channel `orders`:
/// `{"op":"rebalance","node":"edge-17","clients":500,"floor":3000,"seconds":30}`.
package struct RebalanceOrder: Sendable, Hashable {
    /// How long its clients may have, in seconds.
    package static let windows = 1...600

    /// The id that the node announces.
    package let node: String
    /// So many at most.
    package let clients: Int
    /// So many stay at least.
    package let floor: Int
    /// Within so many seconds they go, each at a time of its own.
    package let seconds: Int

    package init(node: String, clients: Int, floor: Int, seconds: Int) {
        self.node = node
        self.clients = clients
        self.floor = floor
        self.seconds = seconds
    }

    package var encoded: ByteBuffer {
        JSONWriter.object { json in
            json.string("op", "rebalance")
            json.string("node", node)
            json.integer("clients", clients)
            json.integer("floor", floor)
            json.integer("seconds", seconds)
        }
    }

    /// Nil for what this release can't read.
    package init?(_ body: ByteBuffer) {
        guard body.readableBytes <= NodeAnnouncement.maximumLength else { return nil }
        var operation: String?
        var node: String?
        var clients: Int64?
        var floor: Int64?
        var seconds: Int64?
        let isRead: Void? = try? body.readJSON { (cursor) throws(JSONError) in
            try cursor.object { (name, cursor) throws(JSONError) in
                if name.equals("op") {
                    operation = try cursor.plainString()
                } else if name.equals("node") {
                    node = try cursor.plainString()
                } else if name.equals("clients") {
                    clients = try cursor.integer()
                } else if name.equals("floor") {
                    floor = try cursor.integer()
                } else if name.equals("seconds") {
                    seconds = try cursor.integer()
                } else {
                    try cursor.skip()
                }
            }
        }
        guard isRead != nil, operation == "rebalance", let node, let clients, let floor, let seconds,
            clients > 0, floor >= 0, Self.windows.contains(Int(clamping: seconds))
        else { return nil }
        self.init(node: node, clients: Int(clamping: clients), floor: Int(clamping: floor), seconds: Int(seconds))
    }
}
