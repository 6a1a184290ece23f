/// Who has announced itself lately. Pure; the time is passed in.
///
/// Each is forgotten when it has been silent for `lifetime`, which is three announcements. Bounded by `maximum`: where it is full
/// nobody new is taken until one is forgotten, and `overflowed` counts what was not.
package struct NodeTable: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package static let lifetime = Duration.seconds(15)
    package static let maximum = 1000

    /// One, and when it was heard last.
    package struct Entry: Sendable {
        package let announcement: NodeAnnouncement
        package let heardAt: Instant
    }

    package private(set) var overflowed = 0
    private let lifetime: Duration
    private let maximum: Int
    private var entries: [String: Entry] = [:]

    package init(lifetime: Duration = Self.lifetime, maximum: Int = Self.maximum) {
        self.lifetime = lifetime
        self.maximum = maximum
    }

    /// False where there was no room for it.
    @discardableResult
    package mutating func take(_ announcement: NodeAnnouncement, at now: Instant) -> Bool {
        if entries[announcement.id] == nil, entries.count >= maximum { forget(at: now) }
        guard entries[announcement.id] != nil || entries.count < maximum else {
            overflowed += 1
            return false
        }
        entries[announcement.id] = Entry(announcement: announcement, heardAt: now)
        return true
    }

    /// Those that are there, in the order of their ids.
    package func entries(at now: Instant) -> [Entry] {
        entries.values.filter { isThere($0, now) }.sorted { $0.announcement.id < $1.announcement.id }
    }

    package func nodes(at now: Instant) -> [NodeAnnouncement] { entries(at: now).map(\.announcement) }

    /// Lets go of who has been silent for too long.
    package mutating func forget(at now: Instant) { entries = entries.filter { isThere($0.value, now) } }

    private func isThere(_ entry: Entry, _ now: Instant) -> Bool { now - entry.heardAt < lifetime }
}
