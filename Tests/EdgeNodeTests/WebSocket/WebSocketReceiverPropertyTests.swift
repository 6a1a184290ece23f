import EdgeNode
import NIOCore
import TestSupport
import Testing

/// Properties over random input, with fixed seeds.
@Suite struct WebSocketReceiverPropertyTests {
    private typealias Random = SeededGenerator

    /// The bytes of a connection that is right, and the events that they mean.
    private static func conversation(using random: inout Random) -> (bytes: [UInt8], events: [WebSocketReceiver.Event])
    {
        var bytes: [UInt8] = []
        var events: [WebSocketReceiver.Event] = []

        func control(_ random: inout Random) {
            let payload = random.bytes(Int.random(in: 0...(Bool.random(using: &random) ? 4 : 125), using: &random))
            let isPing = Bool.random(using: &random)
            bytes += WebSocketClientFrame(opcode: isPing ? 9 : 10, key: random.bytes(4), payload: payload).bytes
            events.append(isPing ? .ping(ByteBuffer(bytes: payload)) : .pong(ByteBuffer(bytes: payload)))
        }

        for _ in 0..<Int.random(in: 1...4, using: &random) {
            if Int.random(in: 0..<3, using: &random) == 0 { control(&random) }
            let isText = Bool.random(using: &random)
            let payload = isText ? text(using: &random) : random.bytes(Int.random(in: 0...300, using: &random))
            var cuts = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                Int.random(in: 0...payload.count, using: &random)
            }
            cuts.sort()
            var start = 0
            for (index, end) in (cuts + [payload.count]).enumerated() {
                let frame = WebSocketClientFrame(
                    isFinal: index == cuts.count,
                    opcode: index > 0 ? 0 : isText ? 1 : 2,
                    key: random.bytes(4),
                    payload: Array(payload[start..<end])
                )
                bytes += frame.bytes
                start = end
                if !frame.isFinal, Int.random(in: 0..<3, using: &random) == 0 { control(&random) }
            }
            events.append(isText ? .text(ByteBuffer(bytes: payload)) : .binary(ByteBuffer(bytes: payload)))
        }
        if Bool.random(using: &random) {
            bytes += WebSocketClientFrame.close(4000, "bye")
            events.append(.close(.idleTimeout, reason: "bye"))
        }
        return (bytes, events)
    }

    private static func text(using random: inout Random) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let limit: UInt32 = Bool.random(using: &random) ? 0x7F : 0x10FFFF
            bytes += Array((Unicode.Scalar(UInt32.random(in: 0...limit, using: &random)) ?? "é").utf8)
        }
        return bytes
    }

    @Test func conversationsMeanWhatTheirWriterMeant() {
        var random = Random(seed: 1)
        for _ in 0..<1500 {
            let (bytes, events) = Self.conversation(using: &random)
            #expect(WebSocketReceiving.whole(bytes, max: 1 << 16).events == events)
            #expect(WebSocketReceiving.chopped(bytes, max: 1 << 16).events == events)
            #expect(WebSocketReceiving.chopped(bytes, max: 1 << 16, using: &random).events == events)
        }
    }

    @Test func aCutAtAnyByteChangesNothing() {
        var random = Random(seed: 2)
        for _ in 0..<40 {
            let (bytes, events) = Self.conversation(using: &random)
            for cut in bytes.indices {
                var receiving = WebSocketReceiving(maxMessageBytes: 1 << 16)
                receiving.feed(bytes[..<cut])
                receiving.feed(bytes[cut...])
                #expect(receiving.events == events)
            }
        }
    }

    /// Changed bytes mean something else, or nothing; but it doesn't depend on how they arrive.
    @Test func changedConversationsMeanTheSameHoweverTheyArrive() {
        var random = Random(seed: 3)
        var failures: [CloseCode: Int] = [:]
        for _ in 0..<2000 {
            var (bytes, _) = Self.conversation(using: &random)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                guard let index = bytes.indices.randomElement(using: &random) else { break }
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                case 2: bytes.removeSubrange(index...)
                case 3: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                // The first bytes are a header's, where a change means most.
                default:
                    bytes[min(Int.random(in: 0..<2, using: &random), index)] ^=
                        1 << UInt8.random(in: 0..<8, using: &random)
                }
            }
            let max = Int.random(in: 0...400, using: &random)
            let whole = WebSocketReceiving.whole(bytes, max: max)
            #expect(WebSocketReceiving.chopped(bytes, max: max).events == whole.events)
            #expect(WebSocketReceiving.chopped(bytes, max: max, using: &random).events == whole.events)
            if let failure = whole.events.last?.failure { failures[failure, default: 0] += 1 }
        }
        // That the changes were worth making: they led to each way to fail.
        #expect(Set(failures.keys) == [.protocolError, .invalidPayload, .messageTooBig])
    }

    /// Any bytes at all: no crash, and the bounds hold. Half of the sequences begin as frames do, to get further.
    @Test func anyBytesKeepWithinTheBounds() {
        var random = Random(seed: 4)
        let max = 64
        var messages = 0
        var wrong = 0
        for round in 0..<200_000 {
            var bytes = random.bytes(Int.random(in: 0...24, using: &random))
            if round % 2 == 0 {
                let opcode: UInt8 = [0x01, 0x02, 0x81, 0x82, 0x88, 0x89, 0x8A].randomElement(using: &random) ?? 0
                bytes = [opcode, 0x80 | UInt8.random(in: 0...16, using: &random)] + bytes
            }
            var receiver = WebSocketReceiver(maxMessageBytes: max)
            var input = ByteBuffer()
            var isOver = false
            let cut = Int.random(in: 0...bytes.count, using: &random)
            for piece in [bytes[..<cut], bytes[cut...]] {
                input.writeBytes(piece)
                while let event = receiver.next(from: &input) {
                    guard !isOver else {
                        wrong += 1
                        break
                    }
                    switch event {
                    case .text(let payload):
                        messages += 1
                        if payload.readableBytes > max || !payload.isUTF8 { wrong += 1 }
                    case .binary(let payload):
                        messages += 1
                        if payload.readableBytes > max { wrong += 1 }
                    case .ping(let payload), .pong(let payload):
                        if payload.readableBytes > 125 { wrong += 1 }
                    case .close(let code, let reason):
                        isOver = true
                        if code?.isValidOnTheWire == false || reason.utf8.count > 123 { wrong += 1 }
                    case .failure:
                        isOver = true
                    }
                }
                if receiver.heldBytes > max || isOver && receiver.heldBytes > 0 { wrong += 1 }
                if !isOver && input.readableBytes > 130 { wrong += 1 }
            }
        }
        #expect(wrong == 0)
        #expect(messages > 5000)
    }
}

extension ByteBuffer {
    fileprivate var isUTF8: Bool { String(validating: readableBytesView, as: UTF8.self) != nil }
}
