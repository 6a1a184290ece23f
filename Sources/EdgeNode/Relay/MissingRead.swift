import Core
import Stores

/// What a stream that is being healed looks for in its log, as of when the read of it begins. A value.
struct MissingRead: Sendable, Hashable {
    /// Where the stream stands; nil where nothing is known of that.
    let position: Position?
    /// The first that was kept.
    let next: Position?
    /// What is before the log's end may be older than any client: then only the state is owed to them.
    let isPastUnknown: Bool

    /// Where the log is read from.
    var first: UInt64 { wantsWhole ? 0 : position?.sequence ?? 0 }

    /// Nothing was heard yet; or the numbering went back, and is read from its beginning.
    private var wantsWhole: Bool {
        guard let position, let next else { return position == nil }
        return next.sequence <= position.sequence
    }

    /// Whether `slice`, read from `first` on, shows that the log has been written anew: then all of it must be read.
    func isOutdated(by slice: HistorySlice) -> Bool {
        guard let position, !wantsWhole else { return false }
        return slice.isNumberedAnew(since: position)
    }

    /// What `slice` has that the stream does not.
    func missing(in slice: HistorySlice, of deliveryClass: DeliveryClass) -> [Publication] {
        guard let position else { return isPastUnknown ? slice.state(of: deliveryClass) : slice.entries }
        return slice.entries.filter { $0.position > position }
    }
}

extension HistorySlice {
    /// The entries that tell the stream's state: the last, or of a book the last snapshot and all behind it.
    fileprivate func state(of deliveryClass: DeliveryClass) -> [Publication] {
        switch deliveryClass {
        case .event, .transient: []
        case .latest: entries.last(where: \.carriesData).map { [$0] } ?? []
        case .delta: entries.lastIndex { $0.kind == .snapshot }.map { Array(entries[$0...]) } ?? []
        }
    }

    /// Whether the log no longer leads up to `position`, where the slice begins: it was lost from some place before it, and
    /// another leader has gone on from there.
    fileprivate func isNumberedAnew(since position: Position) -> Bool {
        if let first = entries.first, first.position.sequence == position.sequence { return first.position > position }
        guard let latest else { return false }
        return latest > position && latest.sequence <= position.sequence
    }
}
