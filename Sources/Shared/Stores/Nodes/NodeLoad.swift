import Core
import NIOCore

/// How much an edge node has to do. A value.
package struct NodeLoad: Sendable, Hashable {
    /// Clients that are there, and those that are about to be.
    package var connections: Int
    /// As many are let in.
    package var limit: Int
    /// Streams that some client wants.
    package var streams: Int

    package init(connections: Int, limit: Int, streams: Int) {
        self.connections = connections
        self.limit = limit
        self.streams = streams
    }

    func write(into json: inout JSONWriter) {
        json.object("load") {
            $0.integer("connections", connections)
            $0.integer("limit", limit)
            $0.integer("streams", streams)
        }
    }

    /// The object that comes next. Fields that this release does not know are passed over.
    static func read(_ cursor: inout JSONCursor) throws(JSONError) -> NodeLoad {
        var connections: Int64?
        var limit: Int64?
        var streams: Int64?
        try cursor.object { (name, cursor) throws(JSONError) in
            if name.equals("connections") {
                connections = try cursor.integer()
            } else if name.equals("limit") {
                limit = try cursor.integer()
            } else if name.equals("streams") {
                streams = try cursor.integer()
            } else {
                try cursor.skip()
            }
        }
        return NodeLoad(
            connections: bounded(try cursor.require(connections)),
            limit: bounded(try cursor.require(limit)),
            streams: bounded(try cursor.require(streams))
        )
    }

    /// Whatever somebody has written there, the sum of all nodes is a number.
    private static func bounded(_ number: Int64) -> Int { Int(min(max(0, number), 1_000_000_000)) }
}
