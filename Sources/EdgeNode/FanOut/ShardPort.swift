import NIOCore

/// How other threads reach a shard: its mailbox, and its loop to wake it by.
struct ShardPort: Sendable {
    let mailbox: ShardMailbox
    let shard: NIOLoopBoundBox<Shard>
    let eventLoop: any EventLoop

    func post(_ items: [ShardItem]) {
        var isWoken = false
        for item in items where mailbox.post(item) { isWoken = true }
        if isWoken { wake() }
    }

    func wake() { eventLoop.execute { [shard] in shard.value.turns.wakeUp() } }
}
