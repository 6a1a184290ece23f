/// The last publication that a client says it has seen of a stream.
struct ResumeClaim: Equatable, Sendable {
    /// Nil where the client kept only the sequence: then nobody can tell whether it was this history's.
    var epoch: UInt64?
    /// 0 says that nothing was seen.
    var sequence: UInt64
}
