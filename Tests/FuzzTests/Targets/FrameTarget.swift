import NIOCore

@testable import EdgeNode

/// Frames of a client.
enum FrameTarget {
    private static let maximumMessageBytes = 16_384

    static func run(_ input: [UInt8]) throws -> Bool {
        let input = CutInput(input)
        let whole = try events(of: input.whole)
        try BrokenPromise.unless(try events(of: input.pieces) == whole, "frames mean the same however they are cut")
        for event in whole { try check(event) }
        return whole.contains { if case .text = $0 { true } else { false } }
    }

    private static func events(of pieces: [ByteBuffer]) throws -> [WebSocketReceiver.Event] {
        var receiver = WebSocketReceiver(maxMessageBytes: maximumMessageBytes)
        var input = ByteBuffer()
        var events: [WebSocketReceiver.Event] = []
        for var piece in pieces {
            input.writeBuffer(&piece)
            while let event = receiver.next(from: &input) { events.append(event) }
            let isBounded = receiver.heldBytes <= 2 * maximumMessageBytes
            try BrokenPromise.unless(isBounded, "what is held of a message is bounded")
        }
        return events
    }

    private static func check(_ event: WebSocketReceiver.Event) throws {
        switch event {
        case .text(let text):
            let isUTF8 = String(validating: text.readableBytesView, as: UTF8.self) != nil
            try BrokenPromise.unless(isUTF8, "text is UTF-8")
            try BrokenPromise.unless(text.readableBytes <= maximumMessageBytes, "a text is within its bound")
        case .binary(let bytes):
            try BrokenPromise.unless(bytes.readableBytes <= maximumMessageBytes, "a message is within its bound")
        case .ping(let bytes), .pong(let bytes):
            try BrokenPromise.unless(bytes.readableBytes <= 125, "a control frame has 125 bytes at most")
        case .close(let code, let reason):
            try BrokenPromise.unless(code?.isValidOnTheWire ?? true, "a close code is one that may be sent")
            try BrokenPromise.unless(reason.utf8.count <= 123, "a reason has 123 bytes at most")
        case .failure(let code, _):
            try BrokenPromise.unless(code.isValidOnTheWire, "a failure has a code that may be sent")
        }
    }
}
