/// What `INFO` of Redis says that matters here. Pure.
struct RedisFacts: Sendable, Hashable {
    let version: String?
    let evictionPolicy: String?
    /// In bytes, as the next; 0 for no bound.
    let maximumMemory: Int?
    let usedMemory: Int?

    /// - Parameter text: Lines `name:value`, ended by CR and LF.
    init(_ text: String) {
        var fields: [Substring: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = String(line[line.index(after: colon)...])
        }
        version = fields["redis_version"]
        evictionPolicy = fields["maxmemory_policy"]
        // Bounded, so that reckoning with it is safe.
        maximumMemory = fields["maxmemory"].flatMap { Int($0) }.map { min(max(0, $0), 1 << 50) }
        usedMemory = fields["used_memory"].flatMap { Int($0) }.map { min(max(0, $0), 1 << 50) }
    }
}
