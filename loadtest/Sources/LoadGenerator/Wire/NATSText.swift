/// Reads the protocol of nats-server from the server's side, in place.
enum NATSText {
    enum Step: Equatable {
        case incomplete
        /// With the bytes that it takes; nil where its payload is none of ours.
        case message(StreamMessage?, length: Int)
        case info(length: Int)
        case ping(length: Int)
        case pong(length: Int)
        case okay(length: Int)
        case error(String, length: Int)
        case broken
    }

    /// Longer lines are none: an INFO takes a few hundred bytes.
    private static let maximumLine = 64 << 10

    @inline(__always)
    static func next(_ bytes: UnsafeRawBufferPointer) -> Step {
        guard var scanner = ByteScanner(bytes) else { return .incomplete }
        guard scanner.skip("MSG ") else { return line(bytes, scanner) }
        // MSG <subject> <sid> <length>, without a reply subject.
        guard scanner.skip(past: UInt8(ascii: " ")), let number = scanner.number(), scanner.skip(" "),
            let length = scanner.number(), scanner.skip("\r\n")
        else { return unfinished(bytes) }
        let header = bytes.count - scanner.count
        guard length <= UInt64(FrameParser.maximumLength), number > 0 else { return .broken }
        let whole = header + Int(length) + 2
        guard bytes.count >= whole else { return .incomplete }
        guard let data = PublicationData.read(&scanner) else { return .message(nil, length: whole) }
        let message = StreamMessage(
            stream: Int(truncatingIfNeeded: number) - 1,
            sequence: data.number,
            first: data.number,
            time: data.time
        )
        return .message(message, length: whole)
    }

    /// A line without its end may still become one.
    private static func unfinished(_ bytes: UnsafeRawBufferPointer) -> Step {
        var scanner = ByteScanner(bytes)
        let isLine = scanner?.skip(past: 10) ?? false
        return isLine || bytes.count >= maximumLine ? .broken : .incomplete
    }

    private static func line(_ bytes: UnsafeRawBufferPointer, _ start: ByteScanner) -> Step {
        var scanner = start
        guard scanner.skip(past: 10) else { return unfinished(bytes) }
        let length = bytes.count - scanner.count
        scanner = start
        if scanner.skip("INFO ") { return .info(length: length) }
        if scanner.skip("PING") { return .ping(length: length) }
        if scanner.skip("PONG") { return .pong(length: length) }
        if scanner.skip("+OK") { return .okay(length: length) }
        guard scanner.skip("-ERR") else { return .broken }
        return .error(String(decoding: bytes.prefix(length - 2), as: UTF8.self), length: length)
    }
}
