import Testing

@testable import LoadGenerator

/// What each message means for a client that stands somewhere in its stream.
@Suite struct StreamCursorTests {
    @Test("Messages in order are deliveries; a range covers what came in it only")
    func order() {
        var cursor = Self.cursor(at: 5)
        #expect(cursor.take(Self.update(6)) == .next(covered: 0))
        #expect(cursor.take(Self.update(10, first: 7)) == .next(covered: 3))
        #expect(cursor.take(Self.update(11)) == .next(covered: 0))
        #expect(cursor.position?.sequence == 11)
    }

    @Test("A hole is a gap, and what comes late from it is out of order")
    func holes() {
        var cursor = Self.cursor(at: 5)
        #expect(cursor.take(Self.update(9)) == .gap(missing: 3, covered: 0))
        #expect(cursor.take(Self.update(7)) == .reordered)
        #expect(cursor.take(Self.update(10)) == .next(covered: 0))
        #expect(cursor.take(Self.update(15, first: 13)) == .gap(missing: 2, covered: 2))
    }

    @Test("What was had before is a repeat, also in part")
    func repeats() {
        var cursor = Self.cursor(at: 5)
        #expect(cursor.take(Self.update(5)) == .repeated)
        #expect(cursor.take(Self.update(3)) == .repeated)
        #expect(cursor.take(Self.update(7, first: 5)) == .repeated)
        #expect(cursor.take(Self.update(8)) == .next(covered: 0))
    }

    @Test("State that is told on joining is no delivery, and the stream goes on from it")
    func state() {
        var cursor = StreamCursor()
        #expect(cursor.take(Self.snapshot(40), isFresh: false) == .state)
        #expect(cursor.take(Self.snapshot(40), isFresh: false) == .state)
        #expect(cursor.take(Self.update(41)) == .next(covered: 0))
        #expect(cursor.position?.epoch == 3)
    }

    @Test("The first message is a delivery where it was published since the client is there")
    func first() {
        var cursor = StreamCursor()
        #expect(cursor.take(Self.snapshot(1), isFresh: true) == .next(covered: 0))
        var other = StreamCursor()
        #expect(other.take(Self.update(900)) == .next(covered: 0))
    }

    @Test("A fresh snapshot with a range goes on where the changes stopped")
    func resynchronised() {
        var cursor = Self.cursor(at: 5)
        var snapshot = Self.snapshot(20)
        snapshot.first = 6
        #expect(cursor.take(snapshot) == .next(covered: 14))
    }

    @Test("A gap that is told is none of the untold ones")
    func told() {
        var cursor = Self.cursor(at: 5)
        #expect(cursor.takeNotice(from: 6, to: 9, epoch: 4) == 4)
        #expect(cursor.take(Self.update(10)) == .next(covered: 0))
        #expect(cursor.position?.epoch == 4)
        // Part of it had come.
        #expect(cursor.takeNotice(from: 9, to: 12, epoch: 4) == 2)
    }

    @Test("The numbering may be told to go back")
    func back() {
        var cursor = Self.cursor(at: 500)
        #expect(cursor.takeNotice(from: 501, to: 0, epoch: 8) == 0)
        #expect(cursor.take(Self.update(1)) == .next(covered: 0))
    }

    private static func cursor(at sequence: UInt64) -> StreamCursor {
        var cursor = StreamCursor()
        cursor.start(epoch: 3, sequence: sequence)
        return cursor
    }

    private static func update(_ sequence: UInt64, first: UInt64? = nil) -> StreamMessage {
        StreamMessage(stream: 0, sequence: sequence, first: first ?? sequence)
    }

    private static func snapshot(_ sequence: UInt64) -> StreamMessage {
        StreamMessage(stream: 0, sequence: sequence, first: sequence, epoch: 3, isSnapshot: true)
    }
}

extension StreamCursor {
    fileprivate mutating func take(_ message: StreamMessage) -> Verdict { take(message, isFresh: true) }
}
