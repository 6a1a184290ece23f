import NIOCore

/// How other threads reach a shard: its mailbox, and its loop to wake it by.
struct ShardPort: Sendable {
    let mailbox: ShardMailbox
    let shard: NIOLoopBoundBox<Shard>
    let eventLoop: any EventLoop

    func post(_ items: [ShardItem]) {
        guard mailbox.post(items) else { return }
        let shard = shard
        eventLoop.execute { shard.value.wakeUp() }
    }
}
