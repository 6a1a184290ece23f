import Logging
import NIOCore

extension SimulatorCore {
    /// Carries out a fault; `false` when there is nothing here that it could be done to, such as an unknown symbol.
    func inject(_ fault: Fault) -> Bool {
        logger.info("fault injected", metadata: ["fault": "\(fault)"])
        totals.faults += 1
        guard !lasting.begin(fault, at: .now()) else { return true }
        switch fault {
        case .dropConnections(let topic):
            let dropped = sessions.values.filter { session in topic.map { session.subscriptions[$0] != nil } ?? true }
            for session in dropped { session.channel.close(mode: .all, promise: nil) }
            return topic == nil || !dropped.isEmpty
        case .stall(let duration):
            stall(for: duration)
        case .garbage(let garbage):
            for frame in garbage.frames { broadcast(ByteBuffer(string: frame)) }
        case .restartBook(let symbol):
            let isDone = feed.restartBook(symbol: symbol, at: Clock.now())
            settle()
            return isDone
        case .oversized(let bytes):
            broadcast(Self.oversizedFrame(bytes: min(bytes, Fault.maximumOversize)))
        case .list(let instrument): return feed.list(instrument)
        case .refuseSubscriptions, .refuseUpgrades, .delayAnswers: break
        }
        settle()
        return true
    }

    private func broadcast(_ frame: ByteBuffer) {
        for session in sessions.values { session.send(frame) }
    }

    private func stall(for duration: Duration) {
        let stalled = sessions.values.filter { !$0.isStalled }
        for session in stalled { session.beginStall() }
        loop.assumeIsolated().scheduleTask(in: TimeAmount(min(duration, Fault.maximumStall))) { [self] in
            for session in stalled where sessions[ObjectIdentifier(session)] != nil { resume(session) }
            settle()
        }
    }

    private func resume(_ session: ClientSession) {
        session.endStall()
        let time = Clock.now()
        for topic in session.subscriptions.keys.sorted() { feed.resynchronise(topic, sink: session, at: time) }
        let deferred = session.deferred
        session.deferred.removeAll()
        for frame in deferred { handle(frame, from: session) }
    }

    /// Valid JSON of exactly that size, as far as it is at least the frame's skeleton.
    private static func oversizedFrame(bytes: Int) -> ByteBuffer {
        let head = #"{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","filler":""#
        let tail = #""},"cs":1,"ts":1}"#
        var buffer = ByteBufferAllocator().buffer(capacity: max(bytes, head.utf8.count + tail.utf8.count))
        buffer.writeString(head)
        buffer.writeRepeatingByte(UInt8(ascii: "x"), count: max(0, bytes - head.utf8.count - tail.utf8.count))
        buffer.writeString(tail)
        return buffer
    }
}
