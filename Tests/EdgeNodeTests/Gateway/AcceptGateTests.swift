import Glibc
import Logging
import NIOCore
import NIOPosix
import Platform
import Synchronization
import Testing

@testable import EdgeNode

/// On a real port: what counts is when the kernel is asked.
@Suite struct AcceptGateTests {
    private let node = NodeState(maximumClients: 10)
    private let group = MultiThreadedEventLoopGroup.singleton
    private let accepted = Accepted()

    private final class Accepted: Sendable {
        let channels = Mutex<[any Channel]>([])

        var count: Int { channels.withLock { $0.count } }
    }

    private func withListener(_ body: (any Channel) async throws -> Void) async throws {
        let logger = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (node, accepted) = (node, accepted)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let gate = AcceptGate(node: node, batch: 256, logger: logger)
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
            .childChannelInitializer { channel in
                accepted.channels.withLock { $0.append(channel) }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(listener)
        try await listener.close()
        for channel in accepted.channels.withLock({ $0 }) { channel.close(promise: nil) }
    }

    private func connect(to listener: any Channel) async throws -> any Channel {
        try await ClientBootstrap(group: group).connect(to: #require(listener.localAddress)).get()
    }

    private func fail(_ listener: any Channel, with number: CInt) async throws {
        try await listener.eventLoop.submit {
            listener.pipeline.fireErrorCaught(IOError(errnoCode: number, reason: "accept"))
        }.get()
    }

    private func until(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while !condition() {
            try #require(ContinuousClock.now < deadline)
            await Task.yield()
        }
    }

    @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func aSystemThatHasNoDescriptorsIsAskedAgainAfterARest(number: CInt) async throws {
        try await withListener { listener in
            let start = ContinuousClock.now
            try await fail(listener, with: number)
            let first = try await connect(to: listener)
            try await until { accepted.count == 1 }
            #expect(ContinuousClock.now - start >= .nanoseconds(AcceptGate.rest.nanoseconds))
            // It goes on as before.
            let second = try await connect(to: listener)
            try await until { accepted.count == 2 }
            for client in [first, second] { try await client.close() }
            try await until { node.sockets.get() == 0 }
        }
    }

    @Test func anErrorOfOneConnectionDoesNotDelayTheNext() async throws {
        try await withListener { listener in
            try await fail(listener, with: ECONNABORTED)
            let client = try await connect(to: listener)
            try await until { accepted.count == 1 }
            #expect(try await listener.getOption(.autoRead).get())
            try await client.close()
        }
    }

    @Test func noMoreAreAcceptedThanThereAreDescriptorsUntilOneLeaves() async throws {
        node.limit(to: Places(wanted: 1, descriptorLimit: 73, inUse: 8))
        try await withListener { listener in
            var clients: [any Channel] = []
            // The kernel takes them all.
            for _ in 0..<36 { clients.append(try await connect(to: listener)) }
            for leaves in 0..<3 {
                try await until { accepted.count == 33 + leaves && node.freeSockets == 0 }
                #expect(!(try await listener.getOption(.autoRead).get()))
                try await clients[leaves].close()
            }
            try await until { accepted.count == 36 }
            for client in clients[3...] { try await client.close() }
        }
    }
}
