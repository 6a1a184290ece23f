import DequeModule
import NIOCore

/// How many connections there are from each address, and how often it has connected lately. Pure; times are passed in.
///
/// Bounds: an address that has connections has an entry, so as many as there are connections; of one that has none any more it
/// is remembered for a second at most how often it has connected, and of at most `remembered` such. The others are
/// forgotten at once: then only the rate of the whole node holds those back who come from ever more addresses.
struct AddressTable {
    static let remembered = 65_536

    enum Entrance: Equatable {
        /// Counted until `leave`.
        case admitted
        /// To be told so, and then to go. Counted apart until `leave`.
        case refused(AddressRefusal)
        /// To go at once. Not counted.
        case turnedAway(AddressRefusal)
    }

    private struct Entry {
        var connections = 0
        /// Those that are there only to be told that they are refused.
        var refused = 0
        var due: NIODeadline = .uptimeNanoseconds(0)

        var isEmpty: Bool { connections == 0 && refused == 0 }
    }

    private let limit: Int?
    private let rate: ConnectRate?
    private let remembered: Int
    private var entries: [AddressGroup: Entry] = [:]
    /// Those that were empty when they were put here, the one that has waited for the longest first.
    private var idle: Deque<AddressGroup> = []

    /// - Parameters:
    ///   - limit: Connections of one address at a time.
    ///   - rate: How often one may connect.
    init(limit: Int?, rate: ConnectRate?, remembered: Int = AddressTable.remembered) {
        self.limit = limit
        self.rate = rate
        self.remembered = remembered
    }

    var count: Int { entries.count }

    /// One more connection from there.
    ///
    /// - Parameter room: How many may be there at a time to be told that they are refused.
    mutating func enter(_ group: AddressGroup, room: Int, at now: NIODeadline) -> Entrance {
        forgetIdle(at: now)
        var entry = entries[group] ?? Entry()
        let refusal = refusal(&entry, at: now)
        if let refusal, entry.refused >= room { return .turnedAway(refusal) }
        if refusal == nil { entry.connections += 1 } else { entry.refused += 1 }
        entries[group] = entry
        return refusal.map { .refused($0) } ?? .admitted
    }

    /// One that was counted has ended.
    mutating func leave(_ group: AddressGroup, wasRefused: Bool, at now: NIODeadline) {
        forgetIdle(at: now)
        guard var entry = entries[group] else { return }
        if wasRefused { entry.refused -= 1 } else { entry.connections -= 1 }
        entries[group] = entry
        guard entry.isEmpty else { return }
        if entry.due <= now || idle.count >= remembered { entries[group] = nil } else { idle.append(group) }
    }

    private func refusal(_ entry: inout Entry, at now: NIODeadline) -> AddressRefusal? {
        if let limit, entry.connections >= limit { return .connections }
        return rate?.admit(&entry.due, at: now).map { .rate($0) }
    }

    /// Two at a time, so that it takes no longer than what it makes up for. Nobody's memory is longer than a second, so that
    /// those behind the first one that must wait will not have to wait for long.
    private mutating func forgetIdle(at now: NIODeadline) {
        for _ in 0..<2 {
            guard let group = idle.first else { return }
            // It has come back meanwhile, or stands here once more.
            if let entry = entries[group], entry.isEmpty {
                guard entry.due <= now else { return }
                entries[group] = nil
            }
            idle.removeFirst()
        }
    }
}
