import Core

/// The streams of which publications were dropped, until their edge nodes and clients are told.
///
/// Bounded: with more than `maximumStreams` it only knows that any stream may be among them.
package struct StreamLosses: Sendable, Hashable {
    static let maximumStreams = 10_000

    package private(set) var streams: Set<StreamName> = []
    /// Any stream may have lost publications.
    package private(set) var isEverything = false

    package init() {}

    package var isEmpty: Bool { streams.isEmpty && !isEverything }

    package mutating func insert(_ stream: StreamName) {
        guard !isEverything else { return }
        streams.insert(stream)
        guard streams.count > Self.maximumStreams else { return }
        streams = []
        isEverything = true
    }
}

extension StreamLosses {
    /// Those that are to be kept, and the others.
    func split(_ isKept: (StreamName) -> Bool) -> (kept: StreamLosses, others: StreamLosses) {
        var kept = StreamLosses()
        var others = StreamLosses()
        others.isEverything = isEverything
        for stream in streams {
            if isKept(stream) { kept.insert(stream) } else { others.insert(stream) }
        }
        return (kept, others)
    }
}
