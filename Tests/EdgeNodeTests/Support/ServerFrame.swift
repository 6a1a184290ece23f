import FoundationEssentials
import NIOCore

@testable import EdgeNode

/// A frame as a client reads it.
enum ServerFrame: Equatable {
    case text(String)
    case binary(ByteBuffer)
    case ping
    case pong(ByteBuffer)
    case close(UInt16?, String)
    case broken

    static func read(from bytes: inout ByteBuffer) -> [ServerFrame] {
        var frames: [ServerFrame] = []
        while let head = bytes.readMultipleIntegers(as: (UInt8, UInt8).self) {
            let length =
                switch head.1 {
                case 126: bytes.readInteger(as: UInt16.self).map(Int.init)
                case 127: bytes.readInteger(as: UInt64.self).map(Int.init)
                default: Int(head.1)
                }
            guard let length, var payload = bytes.readSlice(length: length) else { return frames + [.broken] }
            switch head.0 {
            case 0x81: frames.append(.text(String(buffer: payload)))
            case 0x82: frames.append(.binary(payload))
            case 0x89: frames.append(.ping)
            case 0x8A: frames.append(.pong(payload))
            case 0x88: frames.append(.close(payload.readInteger(), String(buffer: payload)))
            default: frames.append(.broken)
            }
        }
        return frames
    }

    var brief: String {
        switch self {
        case .text(let text): ServerMessage(text)?.brief ?? "not JSON: \(text)"
        case .binary(let bytes): "binary \(bytes.readableBytes)"
        case .ping: "PING"
        case .pong(let payload): "PONG \(String(buffer: payload))"
        case .close(let code, let reason): "close \(code.map { "\($0)" } ?? "-") \(reason)"
        case .broken: "broken frame"
        }
    }
}

/// The fields of any message of the server.
struct ServerMessage: Decodable {
    /// A stream in a reply: its name, or what became of resuming it.
    enum Listed: Decodable {
        case name(String)
        case resumed(Resumed)

        struct Resumed: Decodable {
            var stream: String
            var recovered: Bool
            var from: UInt64?
            var to: UInt64?
            var replayed: Int?
            var reason: String?
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) {
                self = .name(name)
            } else {
                self = .resumed(try container.decode(Resumed.self))
            }
        }

        var brief: String {
            switch self {
            case .name(let name): name
            case .resumed(let stream):
                if stream.recovered, let from = stream.from, let to = stream.to {
                    "\(stream.stream) \(from)...\(to)"
                } else {
                    "\(stream.stream) not \(stream.reason ?? "?")"
                }
            }
        }
    }

    struct Rejected: Decodable {
        var arg: String?
        var stream: String?
        var reason: String
    }

    var op: String?
    var action: String?
    var type: String?
    var stream: String?
    var seq: UInt64?
    var first: UInt64?
    var epoch: UInt64?
    var from: UInt64?
    var to: UInt64?
    var reason: String?
    var code: String?
    var args: [String]?
    var streams: [Listed]?
    var rejected: [Rejected]?

    init?(_ text: String) {
        guard let message = try? JSONDecoder().decode(ServerMessage.self, from: Data(text.utf8)) else { return nil }
        self = message
    }

    var brief: String {
        if let seq, let type {
            return "\(type) \(first.map { "\($0)..." } ?? "")\(seq)\(epoch.map { " @\($0)" } ?? "")"
        }
        let name = op ?? action ?? type ?? "?"
        if let from, let to, let reason { return "\(name) \(from)...\(to) \(reason)" }
        var words = [name]
        words += args ?? streams?.map(\.brief) ?? []
        if let code { words.append(code) }
        if let rejected { words += rejected.map { "-\($0.arg ?? $0.stream ?? "?")" } }
        return words.joined(separator: " ")
    }
}
