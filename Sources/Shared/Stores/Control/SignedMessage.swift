import Core
import NIOCore

/// A message to a running gateway, as it stands on the wire; whether its signature is good, `ControlSigner` says. One JSON
/// object, whose body is an object of the channel's own:
/// ```
/// {"version":1,"key":"k1","time":1700000000000,"nonce":"<32 digits>","body":{...},"mac":"<base64url>"}
/// ```
package struct SignedMessage: Sendable {
    /// Says which key to try first; empty for one without.
    let keyID: String
    /// Milliseconds since 1970.
    package let time: Int64
    package let nonce: ControlNonce
    /// The bytes as they stand in the message: they are what is signed.
    package let body: ByteBuffer
    let code: [UInt8]

    static let codeLength = 32

    init(keyID: String, time: Int64, nonce: ControlNonce, body: ByteBuffer, code: [UInt8]) {
        self.keyID = keyID
        self.time = time
        self.nonce = nonce
        self.body = body
        self.code = code
    }

    init(_ message: ByteBuffer) throws(ControlRefusal) {
        var fields = Fields()
        do throws(JSONError) {
            try message.readJSON { (cursor) throws(JSONError) in try fields.read(&cursor) }
        } catch {
            throw .unreadable(error)
        }
        guard fields.version == 1, let key = fields.key, let time = fields.time, let body = fields.body,
            let nonce = fields.nonce.flatMap(ControlNonce.init),
            let code = fields.code.flatMap({ Base64URL.decode($0) }), code.count == Self.codeLength
        else { throw .unsigned }
        self.init(keyID: key, time: time, nonce: nonce, body: body, code: code)
    }

    var encoded: ByteBuffer {
        JSONWriter.object { json in
            json.integer("version", 1)
            json.string("key", keyID)
            json.integer("time", time)
            json.string("nonce", nonce.description)
            json.key("body")
            json.raw(body)
            json.string("mac", Base64URL.encode(code))
        }
    }

    private struct Fields {
        var version: Int64?
        var key: String?
        var time: Int64?
        var nonce: String?
        var body: ByteBuffer?
        var code: String?

        mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
            try cursor.object { (name, cursor) throws(JSONError) in
                if name.equals("version") {
                    version = try cursor.integer()
                } else if name.equals("key") {
                    key = try cursor.plainString()
                } else if name.equals("time") {
                    time = try cursor.integer()
                } else if name.equals("nonce") {
                    nonce = try cursor.plainString()
                } else if name.equals("body") {
                    guard try cursor.peek() == .object else { throw JSONError(.wrongType, at: cursor.position) }
                    body = ByteBuffer(bytes: try cursor.rawValue())
                } else if name.equals("mac") {
                    code = try cursor.plainString()
                } else {
                    try cursor.skip()
                }
            }
        }
    }
}
