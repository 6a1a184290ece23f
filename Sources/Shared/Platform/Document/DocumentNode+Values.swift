import FoundationEssentials

/// Values of kinds that several sections have.
extension DocumentNode {
    /// A list of texts.
    package func texts() throws(DocumentError) -> [String] {
        try entries { entry throws(DocumentError) in
            let text = try entry.text()
            guard !text.isEmpty else { throw entry.refusal("is empty; give a text") }
            return text
        }
    }

    /// A time, as `2027-01-31T12:00:00Z`, or a day, which stands for its beginning in UTC. In milliseconds since 1970.
    package func time() throws(DocumentError) -> Int64 {
        let text = try text()
        let day = Date.ISO8601FormatStyle().year().month().day()
        // Of a day that no month has the parser makes one of the next.
        guard let begin = try? Date(String(text.prefix(10)), strategy: day), begin.formatted(day) == text.prefix(10),
            let date = text.utf8.count == 10 ? begin : (try? Date(text, strategy: .iso8601))
        else {
            throw refusal(
                "is \(quotedForMessage(text)); give a day, like 2027-01-31, or a time, like 2027-01-31T12:00:00Z"
            )
        }
        return Int64(date.timeIntervalSince1970 * 1000)
    }
}
