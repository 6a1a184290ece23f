import NIOCore
import Shared
import Testing

@testable import EdgeNode

@Suite struct ShardMailboxTests {
    private let stream: StreamName
    private let publication: ShardItem

    init() throws {
        stream = try StreamName(canonical: "ticker.BTCUSDT")
        let encoder = FrameEncoder(stream: stream, brand: "b")
        publication = .publication(
            EncodedPublication(try .ticker(1), opensEpoch: false, encoder: encoder, dialects: DialectSet())
        )
    }

    @Test func onlyTheFirstBatchWakesTheShard() {
        let mailbox = ShardMailbox()
        #expect(!mailbox.post([]))
        #expect(mailbox.post([publication]))
        #expect(!mailbox.post([publication]))
        #expect(mailbox.take().count == 2)
        #expect(mailbox.take().isEmpty)
        #expect(mailbox.post([publication]))
    }

    @Test func publicationsBeyondTheBoundAreDroppedAndCountedAndControlItemsAreNot() {
        let mailbox = ShardMailbox()
        _ = mailbox.post(Array(repeating: publication, count: ShardMailbox.maximumPublications - 1))
        #expect(mailbox.dropped == 0)
        _ = mailbox.post([publication, publication, .failed(stream, reason: ""), publication])
        #expect(mailbox.dropped == 2)
        let items = mailbox.take()
        #expect(items.count == ShardMailbox.maximumPublications + 2)
        if case .dropped(stream) = items.dropLast().last {} else { Issue.record("nothing tells what was dropped") }
        if case .failed = items.last {} else { Issue.record("the control item is missing") }
        _ = mailbox.post([publication])
        #expect(mailbox.take().count == 1)
        #expect(mailbox.dropped == 2)
    }
}
