import Core
import NIOCore
import Platform

/// What an ingestor or an edge node says of itself every few seconds. A value.
///
/// One JSON object on the channel `nodes`; what this release does not know in it is passed over:
/// ```
/// {"version":1,"id":"edge-17","program":"edge-node","release":"0.1.0","host":"pod-7","admin":"http://pod-7:8000",
///  "sent_at":1700000000000,"leaving":false,"ready":true,"load":{"connections":10,"limit":10000,"streams":4},
///  "keys":{"resume":["5f0c2a11"],"control":["09be77d2"]}}
/// ```
/// It is not signed: whoever may write to the broker can say anything here. A person is told of it, the doctor asks the addresses in it,
/// and `RebalancePlan` goes by it: so which node is ordered to send clients away, and how many, is as true as the broker's writers are.
/// The order itself is signed (`RebalanceOrder`), and whatever it says a node keeps within bounds of its own (`RebalanceDesk`). One
/// with a control character in a text is none: texts are printed.
package struct NodeAnnouncement: Sendable, Hashable {
    /// Of a message, in bytes; longer ones are not looked at.
    static let maximumLength = 4096
    /// Of each text in it.
    static let maximumTextLength = 256

    /// Of this run of the process.
    package var id: String
    /// As `Program` calls it; a later release may have others.
    package var program: String
    /// Of the software.
    package var release: String
    package var host: String
    /// Where its pages for operators are, as `http://host:port`; nil where they have no port.
    package var admin: String?
    /// Milliseconds since 1970, by the sender's clock.
    package var sentAt: Int64
    /// It was told to stop.
    package var isLeaving = false
    /// As its page `/ready` says. Of a release that does not announce it this is true.
    package var isReady = true
    /// Nil for an ingestor.
    package var load: NodeLoad?
    /// Whether it leads; nil for a node.
    package var leads: Bool?
    package var order: OrderReceipt?
    /// Which shared secrets it has; nil where it does not say.
    package var keys: KeyMarks?

    package init(id: String, program: Program, admin: String?, sentAt: Int64) {
        self.id = id
        self.program = program.rawValue
        self.release = Release.version
        self.host = HostName.current
        self.admin = admin
        self.sentAt = sentAt
    }

    package var encoded: ByteBuffer {
        JSONWriter.object { json in
            json.integer("version", 1)
            json.string("id", id)
            json.string("program", program)
            json.string("release", release)
            json.string("host", host)
            if let admin { json.string("admin", admin) }
            json.integer("sent_at", sentAt)
            json.bool("leaving", isLeaving)
            json.bool("ready", isReady)
            load?.write(into: &json)
            if let leads { json.bool("leads", leads) }
            order?.write(into: &json)
            keys?.write(into: &json)
        }
    }

    /// Nil for what this release can't read.
    package init?(_ message: ByteBuffer) {
        guard message.readableBytes <= Self.maximumLength else { return nil }
        var fields = Fields()
        do throws(JSONError) {
            try message.readJSON { (cursor) throws(JSONError) in try fields.read(&cursor) }
        } catch {
            return nil
        }
        guard let id = fields.id, let program = fields.program, let release = fields.release,
            let host = fields.host, let sentAt = fields.sentAt, !id.isEmpty
        else { return nil }
        let marks = (fields.keys?.resume ?? []) + (fields.keys?.control ?? [])
        let texts = [id, program, release, host, fields.admin ?? ""] + marks
        guard texts.allSatisfy(Self.isPlain) else { return nil }
        self.id = id
        self.program = program
        self.release = release
        self.host = host
        self.sentAt = sentAt
        admin = fields.admin
        isLeaving = fields.isLeaving
        isReady = fields.isReady
        load = fields.load
        leads = fields.leads
        order = fields.order
        keys = fields.keys
    }

    /// Short, and without what a terminal would take for a command.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= maximumTextLength
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private struct Fields {
        var id: String?
        var program: String?
        var release: String?
        var host: String?
        var admin: String?
        var sentAt: Int64?
        var isLeaving = false
        var isReady = true
        var load: NodeLoad?
        var leads: Bool?
        var order: OrderReceipt?
        var keys: KeyMarks?

        mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
            try cursor.object { (name, cursor) throws(JSONError) in
                if name.equals("id") {
                    id = try cursor.plainString()
                } else if name.equals("program") {
                    program = try cursor.plainString()
                } else if name.equals("release") {
                    release = try cursor.plainString()
                } else if name.equals("host") {
                    host = try cursor.plainString()
                } else if name.equals("admin") {
                    admin = try cursor.plainString()
                } else if name.equals("sent_at") {
                    sentAt = try cursor.integer()
                } else if name.equals("leaving") {
                    isLeaving = try cursor.bool()
                } else if name.equals("ready") {
                    isReady = try cursor.bool()
                } else if name.equals("load") {
                    load = try NodeLoad.read(&cursor)
                } else if name.equals("leads") {
                    leads = try cursor.bool()
                } else if name.equals("order") {
                    order = try OrderReceipt.read(&cursor)
                } else if name.equals("keys") {
                    keys = try KeyMarks.read(&cursor)
                } else {
                    try cursor.skip()
                }
            }
        }
    }
}
