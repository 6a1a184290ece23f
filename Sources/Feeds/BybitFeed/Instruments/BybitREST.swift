import Core
import FeedKit
import NIOCore
import Platform

/// Asks the exchange which instruments it has: page after page of `GET /v5/market/instruments-info`, for each status that a
/// contract goes through.
///
/// Without a status the exchange names those that trade only. A failure of any of the questions is one of the whole: by a part of
/// the list what exists would be refused. A value. Bounded by the pages of each question, the bytes of each and the time for each.
package struct BybitREST: InstrumentSource {
    /// In the order of a contract's life, so that one which goes on to its next status between two questions is in the answer to
    /// the later one. Nil for what the exchange says when it is not asked for a status: what trades, or is about to.
    static let statuses: [String?] = ["PreLaunch", nil, "Settling", "Delivering"]
    /// Not everywhere a status of a question. Where it is none, the exchange says so, and has no contract that would be missing.
    private static let unsureStatuses: Set<String> = ["Settling", "Delivering"]
    private static let illegalParameter: Int64 = 10001
    /// Of 1,000 each: more than the exchange ever had.
    static let maximumPages = 20
    static let pageSize = 1000

    package enum Failure: InstrumentFailure, CustomStringConvertible {
        case status(Int, retryAfter: Duration?)
        case refused(code: Int64, words: String)
        case malformed(String)

        package var description: String {
            switch self {
            case .status(let status, _): "it answers with HTTP \(status)"
            case .refused(let code, let words): "it answers with error \(code) (\(words.prefix(120)))"
            case .malformed(let words): "its answer can't be read: \(words)"
            }
        }

        package var retryAfter: Duration? { if case .status(_, let wait) = self { wait } else { nil } }

        /// "Access too frequent", with HTTP 403, and a banned address: for ten minutes at least, as the exchange documents it.
        package var quiet: Duration? {
            switch self {
            case .status(403, _), .refused(code: 10009, words: _): .seconds(600)
            case .status(429, _), .refused(code: 10006, words: _), .refused(code: 10018, words: _): .zero
            case .status, .refused, .malformed: nil
            }
        }
    }

    let host: HTTPHost
    let category: String
    private let ask: @Sendable (_ target: String) async throws -> HTTPGet.Answer

    package init(host: HTTPHost, category: String, client: HTTPGet) {
        self.init(host: host, category: category) { target in try await client.ask(host, target) }
    }

    init(host: HTTPHost, category: String, ask: @escaping @Sendable (_ target: String) async throws -> HTTPGet.Answer) {
        self.host = host
        self.category = category
        self.ask = ask
    }

    /// Where the exchange answers HTTP, by its WebSocket address: `api` in the place of `stream`, and `api-testnet` in that of
    /// `stream-testnet`; anybody else at the same host and port.
    package static func host(besides url: WebSocketURL) -> HTTPHost {
        let hosts = ["stream.bybit.com": "api.bybit.com", "stream-testnet.bybit.com": "api-testnet.bybit.com"]
        let same = HTTPHost(serverOf: url)
        guard let name = hosts[url.host.lowercased()] else { return same }
        let port = url.port == (url.isSecure ? 443 : 80) ? "" : ":\(url.port)"
        return (try? HTTPHost((url.isSecure ? "https://" : "http://") + name + port)) ?? same
    }

    /// The category is the last word of the address' path; linear where it says none.
    package static func category(of url: WebSocketURL) -> String {
        let path = url.target.prefix { $0 != "?" }.lowercased()
        let known = ["linear", "inverse", "spot"]
        return path.split(separator: "/").last.map(String.init).flatMap { known.contains($0) ? $0 : nil } ?? "linear"
    }

    /// All symbols that can be subscribed, also those before their launch.
    package func instruments() async throws -> InstrumentList {
        // What is sold on the spot trades, or is not there.
        let statuses = category == "spot" ? [nil] : Self.statuses
        var symbols: Set<String> = []
        for status in statuses {
            symbols.formUnion(try await self.symbols(with: status))
        }
        return try list(of: symbols)
    }

    private func symbols(with status: String?) async throws -> Set<String> {
        var symbols: Set<String> = []
        var cursor = ""
        var cursors: Set<String> = []
        for _ in 0..<Self.maximumPages {
            let answer = try await ask(target(status: status, after: cursor))
            guard answer.status == 200 else {
                throw Failure.status(answer.status, retryAfter: answer.retryAfter)
            }
            // Not of what follows a page: without that the list would not be whole.
            let mayBeUnknown = cursor.isEmpty && (status.map(Self.unsureStatuses.contains) ?? false)
            guard let page = try page(answer.body, mayBeUnknown: mayBeUnknown) else { return symbols }
            symbols.formUnion(page.symbols)
            guard !page.cursor.isEmpty else { return symbols }
            cursor = page.cursor
            // Somebody on the way does not mind cursors: the other pages will never come.
            guard cursors.insert(cursor).inserted else { throw Failure.malformed("a cursor came twice") }
        }
        throw Failure.malformed("it has more than \(Self.maximumPages) pages")
    }

    /// Nil where the exchange does not know the status that it was asked for, and need not.
    private func page(_ body: ByteBuffer, mayBeUnknown: Bool) throws(Failure) -> InstrumentsPage? {
        do {
            return try InstrumentsPage(body)
        } catch {
            if mayBeUnknown, case .refused(code: Self.illegalParameter, words: _) = error { return nil }
            throw error
        }
    }

    private func list(of symbols: Set<String>) throws(Failure) -> InstrumentList {
        // An exchange without any instrument is one that is out of order.
        guard let list = InstrumentList(symbols), !list.symbols.isEmpty else {
            throw .malformed("it names \(symbols.count) instruments; there are 1 to \(InstrumentList.maximumSymbols)")
        }
        return list
    }

    func target(status: String? = nil, after cursor: String) -> String {
        var target = "/v5/market/instruments-info?category=\(category)&limit=\(Self.pageSize)"
        if let status { target += "&status=\(status)" }
        if !cursor.isEmpty { target += "&cursor=" + Self.queryValue(cursor) }
        return target
    }

    /// Cursors come percent-encoded, and go back as they came; whatever else may not stand in a query is encoded.
    private static func queryValue(_ cursor: String) -> String {
        var text = ""
        for byte in cursor.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "%"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }
}
