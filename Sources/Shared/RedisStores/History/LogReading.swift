import Core

/// What three commands read of one log: its first entry, its last, and then those from a sequence on. A value.
///
/// They are no transaction: Redis refuses to begin one when its memory is full, and a script costs seven times as much.
/// So others may append, trim or even replace the log between two of them. What a later command shows of that is taken
/// over into the bounds; what can't be of one log must be read again.
struct LogReading {
    let sequence: UInt64
    let limit: Int
    let oldest: LogEntry?
    let latest: LogEntry?
    let entries: [LogEntry]
    /// Where the stream stood before all of these were read, whether its log is still there or not.
    var head: Position?

    /// Of the very log that the entries are of.
    struct Bounds: Hashable {
        var oldest: Position?
        var latest: Position?
    }

    /// Nil where it must be read again.
    ///
    /// - Parameter isRepeated: It was read before. A log that then still begins before `sequence` and has no entry of
    ///   that number has a hole there; the first time it may have been trimmed.
    func bounds(isRepeated: Bool) -> Bounds? {
        guard limit > 0 else { return Bounds(oldest: oldest?.position, latest: latest?.position ?? head) }
        guard let first = entries.first, let last = entries.last else {
            if let latest, latest.sequence >= sequence { return nil }
            return Bounds(oldest: oldest?.position, latest: latest?.position ?? head)
        }
        guard let oldest, let latest, Self.isInOrder(oldest, first) else { return nil }
        var bounds = Bounds(oldest: oldest.position, latest: latest.position)
        if oldest.sequence >= sequence {
            bounds.oldest = first.position
        } else if first.sequence > sequence, !isRepeated {
            return nil
        }
        if latest.sequence < last.sequence {
            guard Self.isInOrder(latest, last) else { return nil }
            bounds.latest = last.position
        } else {
            // All that there was came, unless the limit was reached.
            guard Self.isInOrder(last, latest), latest.sequence == last.sequence || entries.count >= limit else {
                return nil
            }
        }
        return bounds
    }

    /// Whether both can be of one log, in which neither sequence nor epoch ever falls.
    private static func isInOrder(_ one: LogEntry, _ other: LogEntry) -> Bool {
        let (one, other) = (one.position, other.position)
        // Of an entry that can't be read nobody knows the epoch.
        guard one.epoch > 0, other.epoch > 0 else { return one.sequence <= other.sequence }
        return one == other || (one.sequence < other.sequence && one.epoch <= other.epoch)
    }
}
