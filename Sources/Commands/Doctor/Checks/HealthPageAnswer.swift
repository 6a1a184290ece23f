import Core
import NIOCore

/// What a page `/health` says, as far as the doctor looks at it. A value.
struct HealthPageAnswer {
    private static let maximumReasons = 10
    private static let maximumReasonLength = 300

    /// Of the process; nil where it is not told.
    let id: String?
    /// What is wrong. A node tells them in a list, an ingestor in a sentence. At most ten, of 300 characters each.
    let reasons: [String]

    /// Of what is no such page nothing is read.
    init(_ body: ByteBuffer) {
        var id: String?
        var reasons: [String] = []
        try? body.readJSON { (cursor) throws(JSONError) in
            try cursor.object { (name, cursor) throws(JSONError) in
                if name.equals("id") {
                    id = try cursor.string().decoded
                } else if name.equals("problems") {
                    try cursor.array { (cursor) throws(JSONError) in
                        reasons.append(try cursor.string().decoded ?? "")
                    }
                } else if name.equals("reason") {
                    reasons.append(try cursor.string().decoded ?? "")
                } else {
                    try cursor.skip()
                }
            }
        }
        self.id = id.map { String($0.prefix(Self.maximumReasonLength)) }
        self.reasons = reasons.prefix(Self.maximumReasons).map { String($0.prefix(Self.maximumReasonLength)) }
    }
}
