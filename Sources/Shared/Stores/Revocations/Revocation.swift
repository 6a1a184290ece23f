import Core
import NIOCore

/// What may no longer be used to read anything. A value. On the wire, as the body of a signed message:
/// `{"op":"revoke","user":"u1","at":1700000000000,"until":1700086400000}`, or `"token"` or `"key"` in the place of `"user"`.
package struct Revocation: Sendable, Hashable {
    package enum Subject: Sendable, Hashable {
        /// All that was given to this user until then.
        case user(String)
        /// By its claim `jti`, or by SHA-256 of its text in lower-case hexadecimal.
        case token(String)
        /// By the id of its entry in the document.
        case key(String)
    }

    /// Of what it names, in bytes.
    package static let maximumLength = 1024

    package let subject: Subject
    /// Milliseconds since 1970.
    package let at: Int64
    /// When it is over, for what it refuses has expired: milliseconds since 1970.
    package let until: Int64

    package init(_ subject: Subject, at: Int64, until: Int64) {
        if case .token(let text) = subject {
            self.subject = .token(Self.canonical(text))
        } else {
            self.subject = subject
        }
        self.at = at
        self.until = until
    }

    /// A digest is the same in capitals.
    package static func canonical(_ token: String) -> String {
        let isDigest = token.utf8.count == 64 && token.allSatisfy { $0.isASCII && $0.isHexDigit }
        return isDigest ? token.lowercased() : token
    }

    package var encoded: ByteBuffer {
        JSONWriter.object { json in
            json.string("op", "revoke")
            switch subject {
            case .user(let name): json.string("user", name)
            case .token(let id): json.string("token", id)
            case .key(let id): json.string("key", id)
            }
            json.integer("at", at)
            json.integer("until", until)
        }
    }

    /// Nil for what this release can't read.
    package init?(_ body: ByteBuffer) {
        guard body.readableBytes <= 8 * Self.maximumLength else { return nil }
        var operation: String?
        var subjects: [Subject] = []
        var at: Int64?
        var until: Int64?
        let isRead: Void? = try? body.readJSON { (cursor) throws(JSONError) in
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("op") {
                    operation = try cursor.plainString()
                } else if key.equals("user") {
                    subjects.append(.user(try cursor.require(cursor.string().decoded)))
                } else if key.equals("token") {
                    subjects.append(.token(try cursor.require(cursor.string().decoded)))
                } else if key.equals("key") {
                    subjects.append(.key(try cursor.require(cursor.string().decoded)))
                } else if key.equals("at") {
                    at = try cursor.integer()
                } else if key.equals("until") {
                    until = try cursor.integer()
                } else {
                    try cursor.skip()
                }
            }
        }
        guard isRead != nil, operation == "revoke", subjects.count == 1, let at, let until else { return nil }
        self.init(subjects[0], at: at, until: until)
        guard (1...Self.maximumLength).contains(name.utf8.count) else { return nil }
    }

    private var name: String {
        switch subject {
        case .user(let name), .token(let name), .key(let name): name
        }
    }
}
