/// What a relay wants done that takes its time; of each stream there is one under way at most. See `RelayRunner`.
enum RelayStep: Sendable {
    /// Subscribe it at the broker and read its state.
    case load
    /// Read the history for what is missing.
    case heal
    /// The history can't be read: look again when it can.
    case healLater
    /// Tell the broker that nobody wants it.
    case unload
}
