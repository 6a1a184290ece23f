import Core
import DequeModule
import NIOCore
import Testing

@testable import EdgeNode

@Suite struct ShardMailboxTests {
    private let stream: StreamName
    private let publication: ShardItem

    init() throws {
        stream = try StreamName(canonical: "ticker.BTCUSDT")
        publication = .publication(Envelope(try .ticker(1), opensEpoch: false))
    }

    @Test func onlyTheFirstItemWakesTheShard() {
        let mailbox = ShardMailbox()
        #expect(mailbox.post(publication))
        #expect(!mailbox.post(publication))
        #expect(mailbox.taken.count == 2)
        #expect(mailbox.taken.isEmpty)
        #expect(mailbox.post(publication))
    }

    @Test func publicationsBeyondTheBoundAreDroppedAndCountedAndControlItemsAreNot() {
        let mailbox = ShardMailbox()
        for _ in 1..<ShardMailbox.maximumPublications { _ = mailbox.post(publication) }
        #expect(mailbox.dropped == 0)
        for item in [publication, publication, .failed(stream, reason: ""), publication] { _ = mailbox.post(item) }
        #expect(mailbox.dropped == 2)
        let items = mailbox.taken
        #expect(items.count == ShardMailbox.maximumPublications + 2)
        if case .dropped(stream) = items.dropLast().last {} else { Issue.record("nothing tells what was dropped") }
        if case .failed = items.last {} else { Issue.record("the control item is missing") }
        _ = mailbox.post(publication)
        #expect(mailbox.taken.count == 1)
        #expect(mailbox.dropped == 2)
    }
}

extension ShardMailbox {
    /// All that is here; it is then empty.
    var taken: Deque<ShardItem> {
        var items: Deque<ShardItem> = []
        take(into: &items)
        return items
    }
}
