/// What became of a live publication.
enum Reception: Sendable {
    /// For later, or for nobody any longer.
    case kept
    case stale
    /// Something is missing before it: it is kept, and the history is to be read.
    case torn
    /// Those who want the stream are to be given this.
    case next(Envelope, StateNews?)
    /// The stream is over: nobody is to be given anything but this reason.
    case refused(reason: String)
}
