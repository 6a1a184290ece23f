/// Who may read a stream.
package enum Access: Sendable, Hashable {
    case everybody
    /// Whoever has shown who it is.
    case authenticated
    /// One user alone, as it stands in stream names (`UserPart`).
    case owner(String)
    /// Whoever has this role.
    case role(String)
}
