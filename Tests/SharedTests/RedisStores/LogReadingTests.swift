import NIOCore
import Testing

@testable import Core
@testable import RedisStores

@Suite("What plain commands read of a log that others change meanwhile")
struct LogReadingTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Epoch and sequence.
        var oldest: (UInt64, UInt64)?
        var latest: (UInt64, UInt64)?
        var epoch: UInt64 = 1
        var entries: ClosedRange<UInt64>?
        var limit = 100
        /// Nil: to be read again.
        var expected: (oldest: Position?, latest: Position?)?
    }

    private static func at(_ sequence: UInt64, _ epoch: UInt64 = 1) -> Position {
        Position(epoch: epoch, sequence: sequence)
    }

    @Test(arguments: [0, 100]) func whereTheStreamStoodCountsOnlyWhereThereIsNoLog(limit: Int) {
        let head = Position(epoch: 3, sequence: 8)
        let gone = LogReading(sequence: 5, limit: limit, oldest: nil, latest: nil, entries: [], head: head)
        #expect(gone.bounds(isRepeated: false) == LogReading.Bounds(oldest: nil, latest: head))
    }

    /// All are read from 5 on.
    static let cases: [Case] = [
        Case(testDescription: "nothing", expected: (nil, nil)),
        Case(testDescription: "ends before", oldest: (1, 1), latest: (1, 4), expected: (at(1), at(4))),
        Case(testDescription: "all of it", oldest: (1, 1), latest: (1, 9), entries: 5...9, expected: (at(1), at(9))),
        Case(
            testDescription: "to the limit",
            oldest: (1, 1),
            latest: (1, 9),
            entries: 5...6,
            limit: 2,
            expected: (at(1), at(9))
        ),
        Case(
            testDescription: "begins behind",
            oldest: (1, 7),
            latest: (1, 9),
            entries: 7...9,
            expected: (at(7), at(9))
        ),
        Case(
            testDescription: "no entries asked for",
            oldest: (1, 7),
            latest: (1, 9),
            limit: 0,
            expected: (at(7), at(9))
        ),
        Case(
            testDescription: "appended to",
            oldest: (1, 1),
            latest: (1, 9),
            entries: 5...12,
            expected: (at(1), at(12))
        ),
        Case(
            testDescription: "trimmed behind",
            oldest: (1, 6),
            latest: (1, 9),
            entries: 8...9,
            expected: (at(8), at(9))
        ),
        Case(
            testDescription: "appended to and trimmed",
            oldest: (1, 6),
            latest: (1, 9),
            entries: 11...12,
            expected: (at(11), at(12))
        ),
        Case(testDescription: "trimmed from before to behind", oldest: (1, 1), latest: (1, 9), entries: 7...9),
        Case(testDescription: "made in between", entries: 5...9),
        Case(testDescription: "lost in between", oldest: (1, 1), latest: (1, 9)),
        Case(testDescription: "lost in between and shorter", oldest: (1, 1), latest: (1, 9), entries: 5...6),
        Case(testDescription: "another of a higher epoch", oldest: (1, 5), latest: (1, 9), epoch: 2, entries: 5...12),
        Case(
            testDescription: "another, to the limit",
            oldest: (1, 1),
            latest: (1, 9),
            epoch: 2,
            entries: 5...6,
            limit: 2
        ),
        Case(testDescription: "another of a lower epoch", oldest: (2, 1), latest: (2, 9), entries: 5...12),
        Case(testDescription: "another with the same end", oldest: (1, 1), latest: (1, 9), epoch: 2, entries: 5...9),
    ]

    private func entry(_ epoch: UInt64, _ sequence: UInt64) throws -> LogEntry {
        let stream = try StreamName(canonical: "trade.A")
        var record = ByteBuffer()
        let position = Position(epoch: epoch, sequence: sequence)
        PublicationRecord.write(
            Publication(stream: stream, position: position, kind: .update, exchangeTime: 0, ingestTime: 0),
            into: &record
        )
        let fields = RESPValue.array([.bulk(ByteBuffer(string: "p")), .bulk(record)])
        return try LogEntry(.array([.bulk(ByteBuffer(string: "\(sequence)-0")), fields]), of: stream)
    }

    private func reading(_ example: Case) throws -> LogReading {
        LogReading(
            sequence: 5,
            limit: example.limit,
            oldest: try example.oldest.map(entry),
            latest: try example.latest.map(entry),
            entries: try example.entries?.map { try entry(example.epoch, $0) } ?? []
        )
    }

    @Test(arguments: cases)
    func theBoundsAreOfTheLogThatTheEntriesAreOf(_ example: Case) throws {
        let expected = example.expected.map { LogReading.Bounds(oldest: $0.oldest, latest: $0.latest) }
        #expect(try reading(example).bounds(isRepeated: false) == expected)
    }

    @Test func aHoleThatStaysIsOne() throws {
        let holed = try reading(
            Case(testDescription: "a hole", oldest: (1, 1), latest: (1, 9), entries: 7...9)
        )
        #expect(holed.bounds(isRepeated: false) == nil)
        #expect(holed.bounds(isRepeated: true) == LogReading.Bounds(oldest: Self.at(1), latest: Self.at(9)))
    }
}
