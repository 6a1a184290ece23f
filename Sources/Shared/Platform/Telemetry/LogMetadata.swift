import Logging

/// The metadata of one line in the order in which they are printed: sorted by key, so that lines can be compared.
enum LogMetadata {
    /// Merges what the logger carries, what the provider adds and what the call gave: the nearer to the call wins.
    static func merged(
        base: Logger.Metadata,
        provider: Logger.MetadataProvider?,
        event: LogEvent
    ) -> [(key: String, value: Logger.MetadataValue)] {
        var metadata = base
        if let provided = provider?.get() { metadata.merge(provided) { _, new in new } }
        if let explicit = event.metadata { metadata.merge(explicit) { _, new in new } }
        if let error = event.error {
            metadata["error.message"] = "\(error)"
            metadata["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        return metadata.sorted { $0.key < $1.key }
    }
}
