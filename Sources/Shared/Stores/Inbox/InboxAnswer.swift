import Core
import NIOCore

/// What the leading ingestor answers to a message in its inbox: the body of a signed message. On the wire
/// `{"to":"<nonce>","outcome":"published","epoch":7,"sequence":5}`.
package struct InboxAnswer: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        /// It leads, in this epoch, and takes messages.
        case leads(epoch: UInt64)
        /// The history has it, and the broker was given it.
        case published(Position)
        /// Nothing was published.
        case refused(InboxRefusal, reason: String)
        /// It was numbered and could not be kept, or nobody knows whether it was.
        case lost
    }

    package let nonce: ControlNonce
    package let outcome: Outcome

    package init(to nonce: ControlNonce, _ outcome: Outcome) {
        self.nonce = nonce
        self.outcome = outcome
    }

    package var encoded: ByteBuffer {
        JSONWriter.object { json in
            json.string("to", nonce.description)
            switch outcome {
            case .leads(let epoch):
                json.string("outcome", "leads")
                json.integer("epoch", epoch)
            case .published(let position):
                json.string("outcome", "published")
                json.integer("epoch", position.epoch)
                json.integer("sequence", position.sequence)
            case .refused(let refusal, let reason):
                json.string("outcome", "refused")
                json.string("code", refusal.rawValue)
                json.string("reason", reason)
            case .lost: json.string("outcome", "lost")
            }
        }
    }

    /// Nil for what this release can't read.
    package init?(_ body: ByteBuffer) {
        var fields = Fields()
        let isRead: Void? = try? body.readJSON { (cursor) throws(JSONError) in try fields.read(&cursor) }
        guard isRead != nil, let nonce = fields.nonce.flatMap(ControlNonce.init), let outcome = fields.outcome else {
            return nil
        }
        self.init(to: nonce, outcome)
    }

    private struct Fields {
        var nonce: String?
        var word: String?
        var epoch: Int64?
        var sequence: Int64?
        var code: String?
        var reason: String?

        var outcome: Outcome? {
            switch word {
            case "leads": return epoch.flatMap(UInt64.init(exactly:)).map { .leads(epoch: $0) }
            case "published":
                guard let epoch = epoch.flatMap(UInt64.init(exactly:)),
                    let sequence = sequence.flatMap(UInt64.init(exactly:))
                else { return nil }
                return .published(Position(epoch: epoch, sequence: sequence))
            case "refused":
                guard let code, let reason else { return nil }
                return .refused(InboxRefusal(rawValue: code) ?? .unknown, reason: reason)
            case "lost": return .lost
            default: return nil
            }
        }

        mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("to") {
                    nonce = try cursor.plainString()
                } else if key.equals("outcome") {
                    word = try cursor.plainString()
                } else if key.equals("epoch") {
                    epoch = try cursor.integer()
                } else if key.equals("sequence") {
                    sequence = try cursor.integer()
                } else if key.equals("code") {
                    code = try cursor.plainString()
                } else if key.equals("reason") {
                    reason = try cursor.require(cursor.string().decoded)
                } else {
                    try cursor.skip()
                }
            }
        }
    }
}
