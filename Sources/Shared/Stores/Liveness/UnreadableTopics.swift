/// Topics of the exchange that have sent nothing for a while but what can't be read. A value; bounded to a few names, so
/// that it fits a heartbeat.
package struct UnreadableTopics: Sendable, Hashable {
    package static let maximumExamples = 3

    package private(set) var count: Int
    package private(set) var examples: [String]

    /// - Parameter examples: The first few are kept.
    package init(count: Int = 0, examples: [String] = []) {
        self.count = count
        self.examples = Array(examples.prefix(Self.maximumExamples))
    }

    /// Nil where there are none.
    package var words: String? {
        guard count > 0 else { return nil }
        let topics = count == 1 ? "1 topic of the exchange sends" : "\(count) topics of the exchange send"
        let names = examples.joined(separator: ", ") + (examples.count < count ? ", ..." : "")
        return "\(topics) nothing that can be read: \(names)"
    }
}
