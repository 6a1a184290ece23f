import EdgeNode
import NIOCore
import TestSupport
import Testing

/// Feeds bytes to a receiver as reads of a socket would, and keeps what came of them.
struct WebSocketReceiving {
    private(set) var receiver: WebSocketReceiver
    private(set) var input = ByteBuffer()
    private(set) var events: [WebSocketReceiver.Event] = []
    /// The bytes that had been fed when the last event came.
    private(set) var lastEventAt = 0
    private var fed = 0
    private var isOverrun = false

    init(maxMessageBytes: Int) {
        receiver = WebSocketReceiver(maxMessageBytes: maxMessageBytes)
    }

    mutating func feed(_ bytes: some Collection<UInt8>) {
        // An event after the end is a fault: one is kept, for the test to fail by, rather than an endless row of them.
        guard !isOverrun else { return }
        fed += bytes.count
        input.writeBytes(bytes)
        while !isOverrun, let event = receiver.next(from: &input) {
            isOverrun = isOver
            events.append(event)
            lastEventAt = fed
        }
        input.discardReadBytes()
    }

    var isOver: Bool {
        switch events.last {
        case .close, .failure: true
        default: false
        }
    }

    static func whole(_ bytes: [UInt8], max: Int) -> Self {
        var receiving = Self(maxMessageBytes: max)
        receiving.feed(bytes)
        return receiving
    }

    /// In reads of `size` bytes.
    static func chopped(_ bytes: [UInt8], max: Int, size: Int = 1) -> Self {
        var receiving = Self(maxMessageBytes: max)
        for start in stride(from: 0, to: bytes.count, by: size) {
            receiving.feed(bytes[start..<min(start + size, bytes.count)])
        }
        return receiving
    }

    /// In reads of random sizes.
    static func chopped(_ bytes: [UInt8], max: Int, using random: inout SeededGenerator) -> Self {
        var receiving = Self(maxMessageBytes: max)
        var start = 0
        while start < bytes.count {
            let end = min(
                start + Int.random(in: 1...Int.random(in: 1...64, using: &random), using: &random),
                bytes.count
            )
            receiving.feed(bytes[start..<end])
            start = end
        }
        return receiving
    }
}

extension WebSocketReceiver.Event {
    static func text(_ string: String) -> Self { .text(ByteBuffer(string: string)) }

    /// The code of a failure.
    var failure: CloseCode? {
        guard case .failure(let code, _) = self else { return nil }
        return code
    }
}
