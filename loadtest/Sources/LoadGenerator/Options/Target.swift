/// Whose protocol the clients speak.
package enum Target: String, Sendable, CaseIterable, Codable {
    case tidegate
    case nats
    case nchan
    /// Records of one length without any frames: the floor's.
    case raw
}
