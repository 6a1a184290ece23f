import Core
import NIOCore

/// The `action` dialect.
extension LoadClient {
    /// Streams in one request: a node takes messages of 64 KiB.
    private static let batch = 500

    /// The streams that it is subscribed to, in order.
    var streamIndices: [Int] { (0..<cursors.count).map { (firstStream + $0) % loop.settings.streams.count } }

    func subscribe(_ context: ChannelHandlerContext) {
        switch loop.settings.target {
        case .tidegate: subscribeTidegate(context)
        case .nats: awaitedReplies = 1
        case .nchan, .raw: loop.isLive(self)
        }
    }

    private func subscribeTidegate(_ context: ChannelHandlerContext) {
        let slots = Array(0..<cursors.count)
        for start in stride(from: 0, to: slots.count, by: Self.batch) {
            let slots = slots[start..<min(start + Self.batch, slots.count)]
            context.write(wrapOutboundOut(ClientFrame.text(request(for: slots))), promise: nil)
            awaitedReplies += 1
        }
        context.flush()
    }

    private func request(for slots: ArraySlice<Int>) -> ByteBuffer {
        let streams = loop.settings.streams
        let names = slots.map { streams.names[(firstStream + $0) % streams.count].canonical }
        return JSONWriter.object { json in
            json.string("action", isResuming ? "resume" : "subscribe")
            json.strings("streams", names)
            if isResuming {
                json.positions(
                    zip(names, slots).compactMap { name, slot in
                        cursors[slot].position.map { (name, Position(epoch: $0.epoch, sequence: $0.sequence)) }
                    }
                )
            }
        }
    }

    @inline(__always)
    func takeTidegate(_ payload: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        switch TidegateText.read(payload) {
        case .data(let message): deliver(message)
        case .gap(let stream, let from, let to, let epoch):
            deliverNotice(stream: stream, from: from, to: to, epoch: epoch)
        case .other: takeReply(payload, context)
        }
    }

    private func takeReply(_ payload: UnsafeRawBufferPointer, _ context: ChannelHandlerContext) {
        let reply: TidegateReply
        do throws(JSONError) {
            reply = try TidegateReply(payload)
        } catch {
            return loop.unreadable(self)
        }
        switch reply.action {
        case "subscribed", "resumed":
            if let rejected = reply.rejected { return fail("it refused a subscription: \(rejected)", context) }
            if isResuming { resumed(reply) } else { start(reply.positions) }
            awaitedReplies -= 1
            if awaitedReplies == 0 { loop.isLive(self) }
        case "error", "rejected":
            fail("it refused a request: \(String(decoding: payload.prefix(300), as: UTF8.self))", context)
        case "going_away": break
        default: loop.unreadable(self)
        }
    }

    private func start(_ positions: [(stream: String, position: Position)], only: Set<String>? = nil) {
        for (name, position) in positions where only?.contains(name) ?? true {
            guard let slot = slot(of: name) else { continue }
            cursors[slot].start(epoch: position.epoch, sequence: position.sequence)
        }
    }

    private func resumed(_ reply: TidegateReply) {
        loop.storm.recovered += reply.recovered
        loop.storm.notRecovered += reply.notRecovered.count
        loop.storm.replayed += reply.replayed
        // What was not recovered goes on from what the reply says, or from the state that follows it.
        for name in reply.notRecovered { if let slot = slot(of: name) { cursors[slot] = StreamCursor() } }
        if !reply.notRecovered.isEmpty { start(reply.positions, only: Set(reply.notRecovered)) }
        guard awaitedReplies == 1 else { return }
        freshFrom = loop.now
        awaitsNews = true
        loop.storm.reconnected += 1
    }

    private func slot(of name: String) -> Int? {
        let start = name.lastIndex { !$0.isNumber }.map(name.index(after:)) ?? name.startIndex
        guard let number = Int(name[start...]) else { return nil }
        let count = loop.settings.streams.count
        let slot = (number - 1 - firstStream + count) % count
        return number > 0 && slot >= 0 && slot < cursors.count ? slot : nil
    }
}
