import NIOCore
import NIOPosix

/// All clients of a run, over the event loops that are theirs. Any thread; what is asked of the clients is done on their
/// loops.
final class ClientFleet: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBoundBox<ClientLoop>]
    private let eventLoops: [any EventLoop]

    init(_ settings: ClientSettings, clients: Int, slowShare: Double, threads: Int) async throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let eventLoops = Array(group.makeIterator())
        self.eventLoops = eventLoops
        loops = eventLoops.map { eventLoop in
            let loop = ClientLoop(settings, eventLoop: eventLoop)
            return NIOLoopBoundBox.makeBoxSendingValue(loop, as: ClientLoop.self, eventLoop: eventLoop)
        }
        for (number, loop) in loops.enumerated() {
            try await eventLoops[number].submit {
                loop.value.add(stride(from: number, to: clients, by: threads)) { index in
                    Int(Double(index + 1) * slowShare) > Int(Double(index) * slowShare)
                }
            }.get()
        }
    }

    /// What `body` answers on each loop.
    func onEach<Value: Sendable>(_ body: @escaping @Sendable (ClientLoop) -> Value) async throws -> [Value] {
        let futures = zip(eventLoops, loops).map { eventLoop, loop in eventLoop.submit { body(loop.value) } }
        var values: [Value] = []
        for future in futures { values.append(try await future.get()) }
        return values
    }

    func snapshot() async throws -> FleetSnapshot {
        let snapshots = try await onEach { FleetSnapshot($0) }
        return snapshots.dropFirst().reduce(snapshots[0], +)
    }

    /// Of each stream, how many clients are subscribed to it that read as fast as they can.
    func subscribers(streams: Int) async throws -> [Int] {
        let counts = try await onEach { loop in
            var counts = [Int](repeating: 0, count: streams)
            for client in loop.clients where client.phase == .live && !client.isSlow {
                for stream in client.streamIndices { counts[stream] += 1 }
            }
            return counts
        }
        return counts.dropFirst().reduce(counts[0]) { zip($0, $1).map(+) }
    }

    func connectAll() async throws { _ = try await onEach { $0.connectAll() } }

    func measure(_ time: MeasuredTime) async throws { _ = try await onEach { $0.measured = time } }

    /// Cuts all connections at once; all clients come back as fast as the server takes them, with their positions.
    func storm() async throws { _ = try await onEach { $0.storm(true) } }

    func slowDown() async throws { _ = try await onEach { $0.slowDown() } }

    func readAgain() async throws { _ = try await onEach { $0.readAgain() } }

    /// So many clients leave, and come back as others: to streams that nobody has chosen.
    func replace(_ clients: Int) async throws {
        let count = loops.count
        _ = try await onEach { $0.replace((clients + count - 1) / count) }
    }

    func close() async throws { try await group.shutdownGracefully() }
}
