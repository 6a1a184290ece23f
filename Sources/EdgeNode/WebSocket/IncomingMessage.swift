import NIOCore

/// A text or binary message of which a part has arrived.
///
/// Owns the bytes so far, unmasked, in one buffer: a fragment leaves no trace but its bytes, so that a message of any
/// number of tiny or empty fragments holds no more than a message in one. The bound is the one that the frame headers
/// were checked against; as the buffer grows by doubling, it holds less than twice what has arrived, and nothing is set
/// aside on the strength of an announced length.
struct IncomingMessage {
    private(set) var bytes = ByteBuffer()
    private let isText: Bool
    private var validator = UTF8Validator()

    init(isText: Bool) {
        self.isText = isText
    }

    /// Moves `count` bytes of payload from `input` to the message.
    ///
    /// Text is checked here, as it arrives, rather than when it is whole: section 8.1 asks for UTF-8, and a message
    /// that can't become that any more isn't worth the waiting and the memory.
    mutating func append(
        _ count: Int,
        from input: inout ByteBuffer,
        mask: inout WebSocketMask
    ) throws(WebSocketViolation) {
        mask.move(count, from: &input, to: &bytes)
        guard isText else { return }
        // A local copy: the span borrows all of self.
        var validator = self.validator
        let isValid = validator.consume(bytes.readableBytesSpan.extracting(last: count))
        self.validator = validator
        guard isValid else { throw Self.notUTF8 }
    }

    /// The whole message, once its last frame has ended.
    func finished() throws(WebSocketViolation) -> WebSocketReceiver.Event {
        guard isText else { return .binary(bytes) }
        guard validator.isComplete else { throw Self.notUTF8 }
        return .text(bytes)
    }

    private static var notUTF8: WebSocketViolation {
        WebSocketViolation(code: .invalidPayload, reason: "text is not UTF-8")
    }
}
