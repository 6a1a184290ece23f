import Core

/// Live publications of a stream whose history is being read, in the order in which they came. A value.
///
/// Bounded by `maximum`: more than that are dropped, and read from the history afterwards.
struct KeptPublications: ~Copyable {
    static let maximum = 10_000

    private var publications: [Publication] = []
    /// More may be missing than what is being read for now: it has to be read again.
    private(set) var isSuspect = false
    /// Whether there is a sequence in which a hole would show.
    private let isSequenced: Bool

    init(ofSequence isSequenced: Bool = true) {
        self.isSequenced = isSequenced
    }

    var count: Int { publications.count }

    var first: Position? { publications.first?.position }

    /// The furthest that was heard.
    var furthest: Position? { publications.map(\.position).max() }

    /// Whether there is nothing left to look for.
    var isSettled: Bool { publications.isEmpty && !isSuspect }

    mutating func keep(_ publication: Publication) {
        if publications.count < Self.maximum {
            publications.append(publication)
        } else {
            suspect()
        }
    }

    /// Something may have been lost, which a read that is under way need not have seen.
    mutating func suspect() { isSuspect = isSequenced }

    /// A read begins, which will see all that was lost until now.
    mutating func beginReading() { isSuspect = false }

    /// The exchange's refusal, with which what was kept ends.
    func refusal(behind stream: borrowing FollowedStream) -> Publication? {
        for publication in publications where publication.kind == .refusal {
            if stream.continuity(of: publication) != .stale { return publication }
        }
        return nil
    }

    /// Hands out what comes next, up to the first hole that was not looked for yet: the rest is kept.
    ///
    /// - Parameters:
    ///   - missing: What the history has. What is in both comes once.
    ///   - position: Where the stream stands.
    ///   - looked: Up to where the history was read for what is missing; nil where it was read for something else.
    mutating func take(
        mergedWith missing: [Publication] = [],
        after position: Position?,
        lookedUpTo looked: Position? = nil
    ) -> [Publication] {
        let merged = Self.merge(missing, publications)
        publications = []
        guard isSequenced else { return merged }
        var last = position
        for (index, publication) in merged.enumerated() {
            if let before = last {
                guard publication.position > before else { continue }
                if publication.position.sequence != before.sequence + 1,
                    looked.map({ publication.position > $0 }) ?? true
                {
                    publications = Array(merged[index...])
                    return Array(merged[..<index])
                }
            }
            last = publication.position
        }
        return merged
    }

    /// Both are in order.
    private static func merge(_ entries: [Publication], _ kept: [Publication]) -> [Publication] {
        guard let last = entries.last?.position else { return kept }
        return entries + kept.filter { $0.position > last }
    }
}
