/// Why the history refused what was numbered of a stream.
package enum StreamConflict: Sendable, Hashable {
    /// Somebody else wrote it. The store takes nothing up to `last`, whatever the log still holds.
    case written(last: UInt64)
    /// Its log can't be used, with the store's words.
    case unusable(String)
}
