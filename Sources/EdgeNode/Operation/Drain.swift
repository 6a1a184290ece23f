import Logging
import NIOCore
import Platform
import Synchronization

/// How a node leaves when it is told to stop: first it is not ready any more and takes clients all the same, until whoever
/// sends them here has seen it; then the port is closed, and those that are there are told to go and given the rest of the
/// time (`Farewell`). Over when the last has gone, or the time is up: then who is left is cut off.
///
/// Publications go on being delivered all the while.
struct Drain: Sendable {
    let times: DrainTimes
    let node: NodeState
    let listener: ClientListener
    let ports: [ShardPort]
    /// It is not ready any more, of which others are told.
    let onLeaving: @Sendable () -> Void
    let logger: Logger

    func run() async {
        let end = NIODeadline.now() + times.total
        node.isLeaving.store(true, ordering: .relaxed)
        onLeaving()
        let seconds = times.delay.nanoseconds / 1_000_000_000
        logger.info(
            "not ready any more",
            metadata: ["accepting_for_s": "\(seconds)", "clients": "\(node.clients.get())"]
        )
        // Where it is cancelled, nobody has the time.
        try? await Task.sleep(for: .nanoseconds(times.delay.nanoseconds))
        node.isDraining.store(true, ordering: .relaxed)
        await listener.close()
        logger.info("saying goodbye to clients", metadata: ["clients": "\(node.clients.get())"])
        let shards = ports.map { farewell(of: $0, until: end) }
        var cut = 0
        for shard in shards { cut += (try? await shard.get()) ?? 0 }
        logger.info("the clients have left", metadata: ["cut_off": "\(cut)"])
    }

    /// How many clients of the shard had to be cut off.
    private func farewell(of port: ShardPort, until end: NIODeadline) -> EventLoopFuture<Int> {
        let promise = port.eventLoop.makePromise(of: Int.self)
        port.eventLoop.execute {
            // The last goodbye is waited for only so long.
            port.eventLoop.scheduleTask(deadline: end) {
                promise.succeed(port.shard.value.clients.closeAll())
            }
            let left = max(end - .now(), .zero)
            port.shard.value.clients.drain(window: left) { promise.succeed(0) }
        }
        return promise.futureResult
    }
}
