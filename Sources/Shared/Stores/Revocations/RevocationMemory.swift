/// Where revocations are kept until they are over, so that a node which starts later knows them. Any thread.
package protocol RevocationMemory: Sendable {
    /// Returns when it is kept.
    func remember(_ revocation: Revocation) async throws

    /// All that are not over.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func remembered(at now: Int64) async throws -> [Revocation]
}
