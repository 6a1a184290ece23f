/// The executables that read settings. A value without state; it decides which settings a program lists as its own.
package enum Program: String, Sendable, CaseIterable {
    case ingestor
    case edgeNode = "edge-node"
    /// Ingestor and edge node in one process: it uses what both use.
    case standalone
}

extension Set<Program> {
    package static let everyProgram: Self = [.ingestor, .edgeNode, .standalone]
    /// What faces the clients.
    package static let edge: Self = [.edgeNode, .standalone]
    /// What faces the exchange and writes the history.
    package static let upstream: Self = [.ingestor, .standalone]
    /// The ingestor on its own, which has no client port to answer health checks on.
    package static let ingestorOnly: Self = [.ingestor]
}
