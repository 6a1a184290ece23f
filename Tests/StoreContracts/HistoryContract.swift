import Core
import NIOCore
import Stores
import Testing

/// What every implementation of `History` promises. Run the whole table against each, as with `BrokerContract`.
package struct HistoryContract: Sendable, CustomTestStringConvertible {
    /// The implementation under test.
    package struct Subject: Sendable {
        /// Entries that it may keep beyond the retention's bound: a store may trim in blocks.
        package var slack: Int
        package var make: @Sendable (Retention) async throws -> any History

        package init(slack: Int = 0, make: @escaping @Sendable (Retention) async throws -> any History) {
            self.slack = slack
            self.make = make
        }
    }

    package let testDescription: String
    package let check: @Sendable (Subject) async throws -> Void

    init(_ promise: String, _ check: @escaping @Sendable (Subject) async throws -> Void) {
        testDescription = promise
        self.check = check
    }

    package static let promises = reading + bounds + writing

    private typealias Sample = ContractPublications

    private static let reading = [
        HistoryContract("gives back every field of what was appended") { subject in
            let history = try await subject.make(Retention())
            let stream = Sample.freshStream()
            var sent = [Publication.Kind.snapshot, .update, .gap(.upstream), .gap(.failover)].enumerated().map {
                Sample.publication(stream, UInt64($0 + 1), epoch: 1 << 40, kind: $1)
            }
            sent[1].isSimulated = true
            sent[2].data = ByteBuffer()
            sent[3].data = ByteBuffer(bytes: Array(0...255))
            try await history.append(sent)
            #expect(try await history.read(stream, from: 0, limit: 10).entries == sent)
        },
        HistoryContract("holds nothing of a stream that was never appended to") { subject in
            let history = try await subject.make(Retention())
            try await history.append([])
            #expect(try await history.read(Sample.freshStream(), from: 0, limit: 10) == HistorySlice())
        },
        HistoryContract("reads from a sequence on, inclusive, at most the limit, with the log's bounds") { subject in
            let history = try await subject.make(Retention())
            let stream = Sample.freshStream()
            try await history.append(Sample.publications(stream, 3...5))
            try await history.append(Sample.publications(stream, 6...9))
            let expected: [(from: UInt64, limit: Int, entries: ClosedRange<UInt64>?)] = [
                (0, 100, 3...9), (3, 100, 3...9), (4, 100, 4...9), (9, 100, 9...9), (10, 100, nil), (.max, 100, nil),
                (3, 1, 3...3), (4, 3, 4...6), (0, 2, 3...4), (8, 5, 8...9), (3, 0, nil), (.max, 0, nil),
            ]
            for (from, limit, entries) in expected {
                let slice = try await history.read(stream, from: from, limit: limit)
                #expect(
                    slice.entries == (entries.map { Sample.publications(stream, $0) } ?? []),
                    "from \(from), \(limit)"
                )
                #expect(slice.oldest == Position(epoch: 1, sequence: 3))
                #expect(slice.latest == Position(epoch: 1, sequence: 9))
            }
        },
        HistoryContract("knows where a stream stands when its log is gone, and goes on from there") { subject in
            let history = try await subject.make(Retention(idleExpiry: .milliseconds(50)))
            let stream = Sample.freshStream()
            try await history.append(Sample.publications(stream, 3...5, epoch: 7))
            while try await !history.read(stream, from: 0, limit: 9).entries.isEmpty {}
            let head = HistorySlice(latest: Position(epoch: 7, sequence: 5))
            #expect(try await history.read(stream, from: 0, limit: 9) == head)
            #expect(try await history.read(stream, from: .max, limit: 0) == head)
            try await history.append([Sample.publication(stream, 6, epoch: 8)])
            let slice = try await history.read(stream, from: .max, limit: 0)
            #expect(slice.latest == Position(epoch: 8, sequence: 6))
        },
        HistoryContract("keeps nothing that has no place in the sequence") { subject in
            let history = try await subject.make(Retention())
            let stream = Sample.freshStream()
            let outside = [Publication.Kind.transient, .refusal].map { Sample.publication(stream, 0, kind: $0) }
            try await history.append(outside)
            try await history.append([Sample.publication(stream, 1)] + outside + [Sample.publication(stream, 2)])
            #expect(try await history.read(stream, from: 0, limit: 10).entries == Sample.publications(stream, 1...2))
        },
        HistoryContract("keeps the streams apart") { subject in
            let history = try await subject.make(Retention())
            let (one, two) = (Sample.freshStream(), Sample.freshStream())
            try await history.append([
                Sample.publication(one, 1), Sample.publication(two, 7), Sample.publication(one, 2),
            ])
            #expect(try await history.read(one, from: 0, limit: 9).entries == Sample.publications(one, 1...2))
            #expect(try await history.read(two, from: 0, limit: 9).entries == Sample.publications(two, 7...7))
        },
    ]

    /// The first part of a name, and how many entries are kept of its streams.
    private static let kept = [("latest", 5), ("delta", 10), ("event", 20), ("own", 15), ("unknown", 20)]

    private static let bounds = kept.map { kind, bound in
        HistoryContract("keeps as many entries of a stream '\(kind)' as the retention says, the newest") { subject in
            let kinds = try [("latest", .latest), ("delta", .delta), ("event", .event)].map {
                StreamKind(try StreamPattern("\($0).{word}"), $1)
            }
            let own = StreamKind(try StreamPattern("own.{word}"), .latest, retainedEntries: 15)
            let retention = Retention(latest: 5, delta: 10, event: 20, catalog: PatternCatalog(kinds + [own]))
            let history = try await subject.make(retention)
            let stream = Sample.freshStream(kind)
            let last = UInt64(bound + subject.slack + 50)
            for sequence in 1...last { try await history.append([Sample.publication(stream, sequence)]) }
            let slice = try await history.read(stream, from: 0, limit: 10_000)
            #expect((bound...bound + subject.slack).contains(slice.entries.count))
            #expect(slice.entries.last == Sample.publication(stream, last))
            #expect(slice.oldest == slice.entries.first?.position)
            #expect(slice.latest?.sequence == last)
        }
    }
}
