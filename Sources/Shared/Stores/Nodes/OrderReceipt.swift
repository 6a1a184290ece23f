import Core
import NIOCore

/// What a node has made of the last order that it got. A value; a part of what the node announces.
package struct OrderReceipt: Sendable, Hashable {
    package enum Outcome: String, Sendable {
        /// So many clients are told to go.
        case taken
        /// There is nobody to be sent away: it has no more than are to stay.
        case nothing
        /// Those of an order before this one are still going.
        case busy
        /// It was told to stop: all are going.
        case leaving
    }

    /// Of the order's message.
    package var nonce: ControlNonce
    package var outcome: Outcome
    package var clients: Int

    package init(nonce: ControlNonce, outcome: Outcome, clients: Int = 0) {
        self.nonce = nonce
        self.outcome = outcome
        self.clients = clients
    }

    func write(into json: inout JSONWriter) {
        json.object("order") {
            $0.string("nonce", nonce.description)
            $0.string("outcome", outcome.rawValue)
            $0.integer("clients", clients)
        }
    }

    /// The object that comes next; nil for one that this release can't read.
    static func read(_ cursor: inout JSONCursor) throws(JSONError) -> OrderReceipt? {
        var nonce: String?
        var outcome: String?
        var clients: Int64?
        try cursor.object { (name, cursor) throws(JSONError) in
            if name.equals("nonce") {
                nonce = try cursor.plainString()
            } else if name.equals("outcome") {
                outcome = try cursor.plainString()
            } else if name.equals("clients") {
                clients = try cursor.integer()
            } else {
                try cursor.skip()
            }
        }
        guard let nonce = nonce.flatMap(ControlNonce.init), let outcome = outcome.flatMap(Outcome.init(rawValue:)),
            let clients
        else { return nil }
        return OrderReceipt(nonce: nonce, outcome: outcome, clients: max(0, Int(clients)))
    }
}
