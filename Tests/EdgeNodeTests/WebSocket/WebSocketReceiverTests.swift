import EdgeNode
import NIOCore
import Testing

@Suite struct WebSocketReceiverTests {
    @Test(arguments: WebSocketReceiverCase.all)
    func meaning(of test: WebSocketReceiverCase) {
        let whole = WebSocketReceiving.whole(test.bytes, max: test.max)
        if let failure = test.failure {
            #expect(Array(whole.events.dropLast()) == test.events)
            #expect(whole.events.last?.failure == failure)
        } else {
            #expect(whole.events == test.events)
        }
        // Nothing is left in memory, whatever the end.
        #expect(whole.receiver.heldBytes == 0)
        if !whole.isOver {
            #expect(whole.input.readableBytes == 0)
        }

        for size in [1, 2, 3, 5, 8, 13, 1021] {
            #expect(WebSocketReceiving.chopped(test.bytes, max: test.max, size: size).events == whole.events)
        }
    }

    /// The failure comes with the byte that shows it: not before, which would be a guess, and not after.
    @Test(arguments: WebSocketReceiverCase.all.filter { $0.verdictAt != nil })
    func verdict(on test: WebSocketReceiverCase) throws {
        let verdictAt = try #require(test.verdictAt)
        let before = WebSocketReceiving.whole(Array(test.bytes.prefix(verdictAt - 1)), max: test.max)
        #expect(before.events == test.events)
        let after = WebSocketReceiving.whole(Array(test.bytes.prefix(verdictAt)), max: test.max)
        #expect(after.events.last?.failure == test.failure)
    }

    @Test(arguments: [WebSocketClientFrame.close(1000), WebSocketClientFrame.text([0xFF])])
    func nothingIsReadAfterTheEnd(end: [UInt8]) {
        var receiver = WebSocketReceiver(maxMessageBytes: 100)
        var input = ByteBuffer(bytes: end)
        let first = receiver.next(from: &input)
        #expect(first != nil)
        input.writeBytes(WebSocketClientFrame.ping())
        let before = input
        for _ in 0..<2 {
            let more = receiver.next(from: &input)
            #expect(more == nil)
        }
        #expect(input == before)
        #expect(receiver.heldBytes == 0)
    }

    @Test func aMessageOverTheReceiversOwnLimitIsRefusedWhateverTheBound() {
        let bytes = WebSocketClientFrame(
            opcode: 2,
            length: .claimed(UInt64(WebSocketReceiver.largestMaxMessageBytes) + 1)
        ).bytes
        #expect(WebSocketReceiving.whole(bytes, max: .max).events.last?.failure == .messageTooBig)
    }

    // MARK: UTF-8

    /// In one frame, and byte by byte in fragments, the verdict comes with the same byte of the text.
    @Test(arguments: UTF8Samples.all)
    func text(_ sample: UTF8Samples.Sample) {
        let header = 6
        let inOneFrame = WebSocketReceiving.chopped(WebSocketClientFrame.text(sample.bytes), max: 1000)
        // A frame of one byte each, the first of them empty, and an empty one to end the message.
        var fragments = WebSocketClientFrame.text([], isFinal: false)
        for byte in sample.bytes {
            fragments += WebSocketClientFrame.continuation([byte], isFinal: false)
        }
        fragments += WebSocketClientFrame.continuation([], isFinal: true)
        let inFragments = WebSocketReceiving.chopped(fragments, max: 1000)

        switch sample.verdict {
        case .valid:
            let events = [WebSocketReceiver.Event.text(ByteBuffer(bytes: sample.bytes))]
            #expect(inOneFrame.events == events)
            #expect(inFragments.events == events)
        case .incomplete:
            #expect(inOneFrame.events.map(\.failure) == [.invalidPayload])
            #expect(inOneFrame.lastEventAt == header + sample.bytes.count)
            #expect(inFragments.events.map(\.failure) == [.invalidPayload])
            #expect(inFragments.lastEventAt == fragments.count)
        case .invalid(let index):
            #expect(inOneFrame.events.map(\.failure) == [.invalidPayload])
            #expect(inOneFrame.lastEventAt == header + index + 1)
            #expect(inFragments.events.map(\.failure) == [.invalidPayload])
            #expect(inFragments.lastEventAt == header + (index + 1) * (header + 1))
        }
    }

    // MARK: Memory

    @Test func anIdleReceiverIsSmall() {
        #expect(MemoryLayout<WebSocketReceiver>.size <= 64)
        #expect(WebSocketReceiver(maxMessageBytes: 1 << 20).heldBytes == 0)
    }

    @Test func tinyFragmentsHoldNoMoreThanTheirBytes() {
        var receiving = WebSocketReceiving(maxMessageBytes: 2000)
        receiving.feed(WebSocketClientFrame.text([], isFinal: false))
        for count in 1...2000 {
            receiving.feed(WebSocketClientFrame.continuation([0x61], isFinal: false))
            #expect(receiving.receiver.heldBytes < 2 * count || count == 1)
        }
        #expect(receiving.events == [])
        receiving.feed(WebSocketClientFrame.continuation([0x61], isFinal: false))
        #expect(receiving.events.map(\.failure) == [.messageTooBig])
        #expect(receiving.receiver.heldBytes == 0)
    }

    @Test func emptyFragmentsHoldNothing() {
        var receiving = WebSocketReceiving(maxMessageBytes: 10)
        receiving.feed(WebSocketClientFrame.binary([], isFinal: false))
        for _ in 0..<20_000 {
            receiving.feed(WebSocketClientFrame.continuation([], isFinal: false))
        }
        #expect(receiving.receiver.heldBytes == 0)
        #expect(receiving.input.readableBytes == 0)
        receiving.feed(WebSocketClientFrame.continuation([1], isFinal: true))
        #expect(receiving.events == [.binary(ByteBuffer(bytes: [1]))])
    }

    @Test func anAnnouncedLengthSetsNothingAside() {
        var receiving = WebSocketReceiving(maxMessageBytes: 1 << 24)
        let frame = WebSocketClientFrame(opcode: 2, length: .claimed(1 << 24), payload: [1, 2, 3, 4, 5])
        receiving.feed(frame.bytes)
        #expect(receiving.input.readableBytes == 0)
        #expect(receiving.receiver.heldBytes == 8)
    }

    /// A read may hold 64 KiB: a message of a few bytes must not keep it.
    @Test func aMessageKeepsNothingOfTheInputAlive() throws {
        var receiver = WebSocketReceiver(maxMessageBytes: 1000)
        var input = ByteBufferAllocator().buffer(capacity: 65_536)
        input.writeBytes(WebSocketClientFrame.text("hello"))
        input.writeBytes(WebSocketClientFrame.ping([1]))
        guard case .text(let text) = receiver.next(from: &input) else { throw UnexpectedEvent() }
        guard case .ping(let ping) = receiver.next(from: &input) else { throw UnexpectedEvent() }
        #expect(text.storageCapacity == 8)
        #expect(ping.storageCapacity == 1)
    }

    /// Storage that the input shares is read, and neither changed nor copied.
    @Test func theInputIsOnlyRead() {
        var receiver = WebSocketReceiver(maxMessageBytes: 1000)
        let bytes = WebSocketClientFrame.text("hello, hello, hello")
        let original = ByteBuffer(bytes: bytes)
        var input = original
        let event = receiver.next(from: &input)
        #expect(event == .text("hello, hello, hello"))
        #expect(original == ByteBuffer(bytes: bytes))
    }

    private struct UnexpectedEvent: Error {}
}
