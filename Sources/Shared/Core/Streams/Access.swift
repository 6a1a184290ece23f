/// Who may read a stream.
package enum Access: Sendable, Hashable {
    case everybody
    /// One user alone. Nobody can show to be one yet, so nobody is let in.
    case owner(String)
}
