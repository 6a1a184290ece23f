/// What a live publication is to the stream's place in the sequence.
enum Continuity {
    case next
    /// Something is missing before it, or the numbering has started anew under a higher epoch.
    case hole
    /// It repeats what was there, or comes from an older leader.
    case stale
}
