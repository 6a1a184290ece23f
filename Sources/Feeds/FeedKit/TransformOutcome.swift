import Core

/// What became of a frame that a transform was given.
package enum TransformOutcome: Equatable, Sendable {
    case applied
    /// A part of the frame could not be used, or all of it where there are no messages.
    case incomplete(UnreadableCost, JSONError)
    /// A change to a state that has not been sent yet: nothing can be made of it.
    case beforeSnapshot
    /// A change is missing in between: the topic has to be subscribed anew to get a snapshot.
    case outOfSequence
}

/// What it costs a stream that something of its topic could not be read.
package enum UnreadableCost: Equatable, Sendable {
    /// Its state may be wrong: a snapshot puts it right.
    case snapshot
    /// A message that nothing brings back: a gap. Where the stream has state, a snapshot too.
    case message
}
