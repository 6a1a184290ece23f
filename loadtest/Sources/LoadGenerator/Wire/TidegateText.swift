/// Reads what a Tidegate node sends in the `action` dialect, by what it is known to look like: no JSON parser.
enum TidegateText {
    enum Message: Equatable {
        case data(StreamMessage)
        /// Told to be missing: `from` to `to` of a stream, of an epoch.
        case gap(stream: Int, from: UInt64, to: UInt64, epoch: UInt64)
        /// Anything else: replies, errors, goodbyes. Rare, so it is read as JSON.
        case other
    }

    @inline(__always)
    static func read(_ bytes: UnsafeRawBufferPointer) -> Message {
        guard var scanner = ByteScanner(bytes) else { return .other }
        guard scanner.skip("{\"stream\":\"") else { return notice(&scanner) }
        guard let number = scanner.numberOfQuotedName(), number > 0, scanner.skip(",\"type\":\"") else { return .other }
        let isSnapshot: Bool
        if scanner.skip("update\",\"seq\":") {
            isSnapshot = false
        } else if scanner.skip("snapshot\",\"seq\":") {
            isSnapshot = true
        } else {
            return .other
        }
        guard let sequence = scanner.number() else { return .other }
        var message = StreamMessage(
            stream: Int(truncatingIfNeeded: number) - 1,
            sequence: sequence,
            first: sequence,
            isSnapshot: isSnapshot
        )
        if scanner.skip(",\"first\":") {
            guard let first = scanner.number() else { return .other }
            message.first = first
        }
        if scanner.skip(",\"epoch\":") {
            guard let epoch = scanner.number() else { return .other }
            message.epoch = epoch
        }
        if scanner.skip(",\"data\":"), let data = PublicationData.read(&scanner) { message.time = data.time }
        return .data(message)
    }

    private static func notice(_ scanner: inout ByteScanner) -> Message {
        guard scanner.skip("{\"action\":\"gap\",\"stream\":\""), let number = scanner.numberOfQuotedName(), number > 0,
            scanner.skip(",\"from\":"), let from = scanner.number(), scanner.skip(",\"to\":"),
            let to = scanner.number()
        else { return .other }
        let epoch = scanner.skip(",\"epoch\":") ? scanner.number() : nil
        return .gap(stream: Int(truncatingIfNeeded: number) - 1, from: from, to: to, epoch: epoch ?? 0)
    }
}
