import NIOCore
import NIOWebSocket

extension SimulatorCore {
    func statistics() -> SimulatorStatistics {
        var result = totals
        var topics = Set<String>()
        result.connections = sessions.count
        for session in sessions.values {
            result.framesSent += session.framesSent
            result.bytesSent += session.bytesSent
            result.subscriptions += session.subscriptions.count
            topics.formUnion(session.subscriptions.keys)
        }
        result.topics = topics.sorted()
        return result
    }

    /// What each connection has subscribed to.
    var topicsOfConnections: [Set<String>] { sessions.values.map { Set($0.subscriptions.keys) } }

    func wait(_ waiter: StatisticsWaiter) {
        guard !waiter.tell(statistics()) else { return }
        waiters.append(waiter)
    }

    /// Says goodbye to all clients and lets nothing wait any more.
    func shutDown() {
        idleTask?.cancel()
        wakeTask?.cancel()
        for session in Array(sessions.values) {
            var payload = ByteBuffer()
            payload.write(webSocketErrorCode: .goingAway)
            session.channel.writeAndFlush(
                WebSocketFrame(fin: true, opcode: .connectionClose, data: payload),
                promise: nil
            )
            session.channel.close(mode: .all, promise: nil)
        }
        let last = statistics()
        for waiter in waiters { waiter.finish(last) }
        waiters.removeAll()
    }
}
