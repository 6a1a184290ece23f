import NIOCore

/// What scenarios do to the clients of a loop.
extension ClientLoop {
    private static let trickleInterval = TimeAmount.milliseconds(100)

    func storm(_ isResuming: Bool) {
        for client in clients where client.phase == .live {
            hasLeft(client)
            client.cut()
            client.isResuming = isResuming
            pending.append(client)
        }
        pump()
    }

    func slowDown() {
        for client in clients where client.isSlow { client.slowDown() }
        guard settings.slowKind == .trickle else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        trickling = eventLoop.scheduleRepeatedTask(
            initialDelay: Self.trickleInterval,
            delay: Self.trickleInterval
        ) { _ in
            for client in bound.value.clients where client.isSlow { client.trickle() }
        }
    }

    func readAgain() {
        trickling?.cancel()
        trickling = nil
        for client in clients where client.isSlow { client.readAgain() }
    }

    /// The next so many that are connected leave, one after the other round and round, and come as new ones.
    func replace(_ count: Int) {
        var left = count
        for _ in 0..<clients.count where left > 0 {
            nextToLeave = (nextToLeave + 1) % clients.count
            let client = clients[nextToLeave]
            guard client.phase == .live else { continue }
            left -= 1
            hasLeft(client)
            client.leave()
            client.firstStream = Int.random(in: 0..<settings.streams.count)
            client.cursors = Array(repeating: StreamCursor(), count: settings.subscriptions)
            // What is told on joining is older.
            client.freshFrom = MonotonicClock.nanoseconds()
            pending.append(client)
        }
        pump()
    }
}
