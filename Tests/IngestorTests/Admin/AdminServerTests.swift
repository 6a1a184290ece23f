import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Shared
import Synchronization
import Testing

@Suite("The admin pages delay nothing else", .timeLimit(.minutes(1)))
struct AdminServerTests {
    /// Twelve clients that ask for a page as fast as they can and read nothing, and one loop that must not be late: as that
    /// of the lease and of the exchange.
    @Test func aFloodOfRequestsKeepsNoOtherLoopFromItsWork() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let pages = Mutex<Set<ObjectIdentifier>>([])
        let served = Atomic(0)
        let server = AdminServer(
            host: "127.0.0.1",
            port: 0,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in
            if let current = MultiThreadedEventLoopGroup.currentEventLoop {
                pages.withLock { _ = $0.insert(ObjectIdentifier(current)) }
            }
            served.add(1, ordering: .relaxed)
            // A page that takes its time.
            let end = NIODeadline.now() + .milliseconds(5)
            while NIODeadline.now() < end {}
            return HTTPReply(.ok, json: "{}")
        }
        let channel = try await server.start()
        let port = try #require(channel.localAddress?.port)
        var clients: [any Channel] = []
        for _ in 0..<12 {
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: port).get()
            let requests = ByteBuffer(repeating: "GET /stats HTTP/1.1\r\nHost: x\r\n\r\n", count: 100)
            client.writeAndFlush(requests, promise: nil)
            clients.append(client)
        }
        while served.load(ordering: .relaxed) < 20 { try await Task.sleep(for: .milliseconds(1)) }
        var latest = TimeAmount.zero
        for _ in 0..<40 {
            let due = NIODeadline.now() + .milliseconds(5)
            let ran = try await loop.scheduleTask(deadline: due) { NIODeadline.now() }.futureResult.get()
            latest = max(latest, ran - due)
        }
        // The flood holds its own loop for seconds; the machine may be busy.
        #expect(latest < .milliseconds(500), "late by \(latest.nanoseconds / 1_000_000) ms")
        let isOwn = pages.withLock { pages in
            MultiThreadedEventLoopGroup.singleton.makeIterator().allSatisfy { !pages.contains(ObjectIdentifier($0)) }
        }
        #expect(isOwn, "the pages are made on a loop that others use")
        for client in clients { try? await client.close() }
        try await channel.close()
    }

    @Test func aPortThatIsTakenIsSaidSo() async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let first = try await AdminServer(host: "127.0.0.1", port: 0, logger: quiet) { _ in nil }.start()
        let port = try #require(first.localAddress?.port)
        await #expect(throws: ListenError.self) {
            try await AdminServer(host: "127.0.0.1", port: port, logger: quiet) { _ in nil }.start()
        }
        try await first.close()
    }
}

extension ByteBuffer {
    fileprivate init(repeating text: String, count: Int) { self.init(string: String(repeating: text, count: count)) }
}
