import NIOCore

/// The recorded frames of each topic, in the order of the files and their lines. Immutable once loaded.
struct Recording: Sendable {
    struct Frame: Sendable {
        let text: ByteBuffer
        /// Nanoseconds after the frame before it in its topic.
        let gap: Int64
    }

    private(set) var topics: [String: [Frame]] = [:]
    private var lastTimes: [String: Int64] = [:]

    /// Recordings have holes and are joined from several files: no wait is longer than this.
    static let longestGap: Int64 = 1_000

    mutating func append(topic: String, time: Int64?, text: ByteBuffer) {
        var gap: Int64 = 0
        if let time, let last = lastTimes[topic] {
            let difference = time - last
            gap = difference < 0 ? Self.longestGap : min(difference, Self.longestGap)
        }
        if let time { lastTimes[topic] = time }
        topics[topic, default: []].append(Frame(text: text, gap: gap * 1_000_000))
    }
}
