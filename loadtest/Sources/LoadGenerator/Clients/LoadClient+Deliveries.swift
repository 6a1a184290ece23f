/// What a message means, whatever protocol it came in.
extension LoadClient {
    @inline(__always)
    func deliver(_ message: StreamMessage) {
        var slot = message.stream - firstStream
        if slot < 0 { slot += loop.settings.streams.count }
        guard slot >= 0, slot < cursors.count else { return loop.unreadable(self) }
        let isFresh = message.time >= freshFrom
        let verdict = cursors[slot].take(message, isFresh: isFresh)
        if awaitsNews, isFresh { hadNews() }
        loop.count(verdict, message, isSlow: isSlow, isFresh: isFresh)
    }

    func deliverNotice(stream: Int, from: UInt64, to: UInt64, epoch: UInt64) {
        var slot = stream - firstStream
        if slot < 0 { slot += loop.settings.streams.count }
        guard slot >= 0, slot < cursors.count else { return loop.unreadable(self) }
        let missing = cursors[slot].takeNotice(from: from, to: to, epoch: epoch)
        loop.countNotice(missing: missing, stream: stream, isSlow: isSlow)
    }

    private func hadNews() {
        awaitsNews = false
        loop.storm.lastLive = loop.now
        loop.storm.live += 1
    }
}
