import Core
import Foundation
import NIOCore

/// A message of the gateway in the `op` dialect, for people.
enum ReceivedMessage {
    struct DataMessage {
        let stream: String
        /// Nil for a message of a stream without numbers.
        let sequence: UInt64?
        let first: UInt64?
        /// One line for the terminal.
        let line: String
    }

    case reply(accepted: [String], rejected: [(String, String)])
    case data(DataMessage)
    case gap(stream: String, from: UInt64, to: UInt64, reason: String)
    /// Streams that were accepted and have ended.
    case rejected([(String, String)])
    /// The answer to a request that was refused whole, in words.
    case error(String)
    /// It wants its clients elsewhere, this one in so long.
    case goingAway(comeBackIn: Duration)

    init?(_ text: String) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            return nil
        }
        if let stream = object["stream"] as? String, object["op"] == nil {
            let sequence = (object["seq"] as? NSNumber)?.uint64Value
            guard sequence != nil || object["type"] as? String == "transient" else { return nil }
            self = .data(
                DataMessage(
                    stream: stream,
                    sequence: sequence,
                    first: (object["first"] as? NSNumber)?.uint64Value,
                    line: Self.line(stream, sequence, object, text)
                )
            )
            return
        }
        switch object["op"] as? String {
        case "subscribe":
            self = .reply(accepted: object["args"] as? [String] ?? [], rejected: Self.rejections(object))
        case "rejected": self = .rejected(Self.rejections(object))
        case "gap":
            self = .gap(
                stream: object["stream"] as? String ?? "?",
                from: (object["from"] as? NSNumber)?.uint64Value ?? 0,
                to: (object["to"] as? NSNumber)?.uint64Value ?? 0,
                reason: object["reason"] as? String ?? "?"
            )
        case "error": self = .error("\(object["code"] ?? "error"): \(object["message"] ?? "")")
        case "going_away":
            let wait = (object["reconnectAfterMs"] as? NSNumber)?.int64Value ?? 0
            self = .goingAway(comeBackIn: .milliseconds(wait))
        default: return nil
        }
    }

    private static func rejections(_ object: [String: Any]) -> [(String, String)] {
        (object["rejected"] as? [[String: Any]] ?? []).map {
            ($0["arg"] as? String ?? "?", $0["reason"] as? String ?? "?")
        }
    }

    private static func line(_ stream: String, _ sequence: UInt64?, _ object: [String: Any], _ text: String) -> String {
        let time = Date(timeIntervalSince1970: ((object["timestamp"] as? NSNumber)?.doubleValue ?? 0) / 1000)
        // The brand and the market in front of the name say the same on every line.
        let parts = stream.split(separator: ".")
        let name = parts.firstIndex(of: "futures").map { parts[($0 + 1)...] } ?? parts[...]
        let mark = object["source"] as? String == "simulator" ? "SIMULATED  " : ""
        let number = sequence.map { " #\($0)" } ?? ""
        let type = object["type"] as? String == "snapshot" ? " snapshot" : ""
        let data = words(of: object["data"], kind: name.first ?? "") ?? json(of: text)
        return "\(time.formatted(clock))  \(mark)\(name.joined(separator: "."))\(number)\(type)  \(data)"
    }

    private static let clock = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        .time(includingFractionalSeconds: true)

    /// Nil for what there are no words for.
    private static func words(of data: Any?, kind: Substring) -> String? {
        switch kind {
        case "trade", "liquidation":
            (data as? [[String: Any]])?.map { "\($0["side"] ?? "") \($0["quantity"] ?? "") @ \($0["price"] ?? "")" }
                .joined(separator: ", ")
        case "depth": (data as? [String: Any]).flatMap(book)
        case "kline": (data as? [String: Any]).flatMap(candle)
        case "ticker": (data as? [String: Any]).flatMap(ticker)
        default: nil
        }
    }

    private static func book(_ fields: [String: Any]) -> String? {
        guard let bids = fields["bids"] as? [[String]], let asks = fields["asks"] as? [[String]] else { return nil }
        return "bids \(levels(bids))  asks \(levels(asks))"
    }

    private static func candle(_ fields: [String: Any]) -> String? {
        guard fields["openTime"] != nil else { return nil }
        let candle = ["open", "high", "low", "close", "volume"].map { "\($0) \(fields[$0] ?? "?")" }
        return candle.joined(separator: "  ") + (fields["confirmed"] as? Bool == true ? "  closed" : "")
    }

    private static func ticker(_ fields: [String: Any]) -> String? {
        guard fields["price"] != nil else { return nil }
        return "\(fields["price"] ?? "?")  bid \(quote(fields["bid"]))  ask \(quote(fields["ask"]))"
            + "  24h \(fields["change24hPercent"] ?? "?") %"
    }

    /// The data as it stands in the message: numbers keep their digits. On one line.
    private static func json(of text: String) -> String {
        let data: String? = try? ByteBuffer(string: text).readJSON { (cursor) throws(JSONError) in
            var data = ""
            try cursor.object { (key, cursor) throws(JSONError) in
                if key.equals("data") {
                    data = String(decoding: try cursor.rawValue(), as: UTF8.self)
                } else {
                    try cursor.skip()
                }
            }
            return data
        }
        // Between the values only: within a text they are escaped.
        return (data ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func quote(_ side: Any?) -> String {
        guard let side = side as? [String: Any] else { return "-" }
        return "\(side["price"] ?? "?") x \(side["size"] ?? "?")"
    }

    private static func levels(_ side: [[String]]) -> String {
        let best = side.prefix(3).map { $0.joined(separator: " x ") }.joined(separator: ", ")
        return side.count > 3 ? "\(best), \(side.count - 3) more" : best.isEmpty ? "-" : best
    }
}
