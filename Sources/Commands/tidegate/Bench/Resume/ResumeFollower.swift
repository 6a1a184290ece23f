import Core
import NIOCore

/// What one client that came back must be told, in order: the answer, then each publication after its position, then what
/// is live. Pure.
struct ResumeFollower {
    enum Step: Equatable {
        case nothing
        case resumed(recovered: Bool)
        /// The last one that it had missed.
        case caughtUp
        /// The first one after those.
        case live
        case broken(String)
    }

    private static let beginning = Array(#"{"stream":"#.utf8)
    private static let key = Array(#""seq":"#.utf8)

    private(set) var last: Position
    /// The last that is told from the log; nil before the answer.
    private var end: UInt64?
    private var isLive = false

    init(_ position: Position) {
        last = position
    }

    mutating func take(_ message: ByteBuffer) -> Step {
        guard message.readableBytesView.starts(with: Self.beginning) else { return takeAnswer(message) }
        guard let sequence = message.withUnsafeReadableBytes(Self.sequence), let end else {
            return .broken("not expected here: \(String(buffer: message).prefix(200))")
        }
        guard sequence == last.sequence &+ 1 else {
            return .broken("after sequence \(last.sequence) came \(sequence)")
        }
        last = Position(epoch: last.epoch, sequence: sequence)
        if sequence == end { return .caughtUp }
        guard sequence > end, !isLive else { return .nothing }
        isLive = true
        return .live
    }

    private mutating func takeAnswer(_ message: ByteBuffer) -> Step {
        let text = String(buffer: message)
        guard end == nil, text.hasPrefix(#"{"op":"resumed""#) else { return .broken("got \(text.prefix(200))") }
        let to = text.firstRange(of: #""to":"#).flatMap { UInt64(text[$0.upperBound...].prefix { $0.isNumber }) }
        end = to ?? .max
        return .resumed(recovered: text.contains(#""recovered":true"#))
    }

    /// Of a data message. The number stands near its beginning: the rest need not be read, which would cost the machine
    /// that is measured more than anything else here.
    private static func sequence(in bytes: UnsafeRawBufferPointer) -> UInt64? {
        var index = beginning.count
        while index + key.count < bytes.count {
            if bytes[index] == key[0], bytes[index..<index + key.count].elementsEqual(key) {
                var number: UInt64 = 0
                for byte in bytes[(index + key.count)...] {
                    let digit = byte &- UInt8(ascii: "0")
                    guard digit < 10 else { return number }
                    number = number &* 10 &+ UInt64(digit)
                }
            }
            index += 1
        }
        return nil
    }
}
