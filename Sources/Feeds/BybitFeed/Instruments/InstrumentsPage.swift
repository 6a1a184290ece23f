import Core
import NIOCore

/// One page of the exchange's list of instruments: `{"retCode":0,"result":{"list":[{"symbol","status"}],"nextPageCursor"}}`.
struct InstrumentsPage {
    /// Of those that it names: a page has the contracts of the status that was asked for, without one those that trade. Closed
    /// ones can't be subscribed and are left out.
    private(set) var symbols: Set<String> = []
    /// Names the next page; empty on the last.
    private(set) var cursor = ""

    init(_ body: ByteBuffer) throws(BybitREST.Failure) {
        var code: Int64?
        var words = ""
        var page = Fields()
        do throws(JSONError) {
            try body.readJSON { (cursor) throws(JSONError) in
                try cursor.object { (key, cursor) throws(JSONError) in
                    if key.equals("retCode") {
                        code = try cursor.integer()
                    } else if key.equals("retMsg") {
                        words = try cursor.string().decoded ?? ""
                    } else if key.equals("result") {
                        try page.read(&cursor)
                    } else {
                        try cursor.skip()
                    }
                }
            }
        } catch {
            throw .malformed("\(error)")
        }
        guard let code else { throw .malformed("it lacks retCode") }
        guard code == 0 else { throw .refused(code: code, words: words) }
        guard page.hasList else { throw .malformed("it lacks result.list") }
        symbols = page.symbols
        cursor = page.cursor
    }

    private struct Fields {
        var symbols: Set<String> = []
        var cursor = ""
        var hasList = false

        mutating func read(_ cursor: inout JSONCursor) throws(JSONError) {
            guard try cursor.peek() == .object else { return try cursor.skip() }
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("list") {
                    hasList = true
                    if try cursor.peek() == .null { return try cursor.skip() }
                    try cursor.array { (cursor) throws(JSONError) in try entry(&cursor) }
                } else if key.equals("nextPageCursor") {
                    if try cursor.peek() == .null { return try cursor.skip() }
                    self.cursor = try cursor.string().decoded ?? ""
                } else {
                    try cursor.skip()
                }
            }
        }

        private mutating func entry(_ cursor: inout JSONCursor) throws(JSONError) {
            var symbol: String?
            var isClosed = false
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("symbol") {
                    symbol = try cursor.string().decoded
                } else if key.equals("status") {
                    isClosed = try cursor.string().decoded == "Closed"
                } else {
                    try cursor.skip()
                }
            }
            if let symbol, !isClosed { symbols.insert(symbol) }
        }
    }
}
